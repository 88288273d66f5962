// Proves that the simulated Healow does what was recorded or documented: clinics apart, one minute's limit for all of a
// clinic's requests, records of odd shapes.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { healowBehaviour } from '../../src/portals/healow/behaviour.ts';
import { type RunningSimulator, startSimulator } from '../start.ts';

const [OPEN, OTHER, OFF] = ['BDKCAA', 'GKAEDC', 'DAJHFB'];

describe('clinics', () => {
  let simulator: RunningSimulator;
  beforeEach(async () => {
    // In the middle of a minute, which then does not end.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-22T12:00:30Z') });
    simulator = await startSimulator({ vendors: ['healow'], size: 60 });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await simulator.close();
  });

  const at = (clinic: string | undefined, path: string) =>
    fetch(`${simulator.url}/healow/production/fhir/r4/${clinic}${path}`);
  const SMART = '/.well-known/smart-configuration';

  it('have each a base that is the issuer, and one authorization server', async () => {
    const said = await Promise.all(
      [OPEN, OTHER].map(async (clinic) => (await at(clinic, SMART)).json()),
    );
    expect(said.map(({ issuer }) => issuer.split('/').at(-1))).toEqual([OPEN, OTHER]);
    expect(new Set(said.map(({ token_endpoint }) => token_endpoint)).size).toBe(1);
    expect(said[0]).not.toHaveProperty('revocation_endpoint');
    expect(said[0].scopes_supported).toContain('offline_access');
    expect(said[0].scopes_supported).not.toContain('launch/patient');
  });

  it.each([
    ['that is not switched on', OFF],
    ['that there is not', 'NOWHERE'],
  ])('one %s refuses all', async (_what, clinic) => {
    for (const path of [SMART, '/metadata', '/Patient?_id=1'])
      expect((await at(clinic, path)).status, path).toBe(400);
  });

  it('are let through 250 times in a minute of the clock, each by itself, without a word of it', async () => {
    for (let n = 0; n < 250; n += 1) expect((await at(OPEN, SMART)).status).toBe(200);
    const over = await at(OPEN, SMART);
    expect(over.status).toBe(429);
    expect([...over.headers.keys()].filter((name) => /retry|limit/i.test(name))).toEqual([]);
    expect((await at(OTHER, SMART)).status).toBe(200);
    vi.setSystemTime(Date.parse('2026-11-22T12:01:00Z'));
    expect((await at(OPEN, SMART)).status).toBe(200);
  });

  it('are listed as two resources of one id', async () => {
    const list = `${simulator.url}/healow/production${healowBehaviour.paths.directory}`;
    const { entry } = (await (await fetch(list)).json()) as {
      entry: { resource: { resourceType: string; id: string; address: unknown } }[];
    };
    const byId = Map.groupBy(entry, ({ resource }) => resource.id);
    for (const halves of byId.values())
      expect(halves.map(({ resource }) => resource.resourceType)).toEqual([
        'Organization',
        'Endpoint',
      ]);
    expect(entry[1]?.resource.address).toBe(`${simulator.url}/healow/production/fhir/r4/${OPEN}`);
  });
});

describe('a sign-in', () => {
  let program: TestProgram;
  beforeEach(() => {
    // The minute that it is, standing still: answers bear the time of the machine.
    vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 60_000) * 60_000 + 30_000 });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await program.close();
  });

  // Discovery, the app's try, the browser, discovery, the code, the patient.
  it.each([
    [4, 'smart.token_reply_invalid'],
    [5, 'fhir.server_error'],
    [6, null],
  ])('in a minute of %i requests ends with %s', async (requests, code) => {
    program = await startProgram({
      portal: 'healow',
      behaviour: { rate: { ...healowBehaviour.rate, requests } },
    });
    const { failed } = await program.signIn(
      { clinicId: OPEN ?? '' },
      { username: 'tomas@example.org' },
    );
    expect(failed?.code ?? null).toBe(code);
  });
});

describe('records', () => {
  it('have the ids and the oddities of the recordings', async () => {
    const simulator = await startSimulator({ vendors: ['healow'] });
    const { control } = simulator;
    const { accounts = [] } =
      control.describe().environments.find(({ name }) => name === 'production') ?? {};
    const all = accounts
      .flatMap(({ charts }) => charts)
      .flatMap(({ patientId }) => control.truth('production', patientId, 'healow').resources)
      .map(({ type, id }) => JSON.parse(control.text('production', type, id, 'healow') ?? ''));
    await simulator.close();
    const of = (type: string) => all.filter(({ resourceType }) => resourceType === type);
    for (const { id } of all) expect(id).toMatch(/^[A-Za-z0-9.-]{64}$/);
    const share = (type: string, odd: (one: Record<string, unknown>) => boolean) => {
      const found = of(type).filter(odd).length;
      return found > 0 && found < of(type).length ? 'some' : found > 0 ? 'all' : 'none';
    };
    expect(share('Encounter', ({ status }) => status === 'planned')).toBe('all');
    expect(share('MedicationRequest', (one) => 'medicationReference' in one)).toBe('some');
    expect(share('DiagnosticReport', ({ code }) => Object.keys(code as object).length === 0)).toBe(
      'some',
    );
    expect(share('Procedure', (one) => '_performedDateTime' in one)).toBe('some');
    expect(share('AllergyIntolerance', ({ code }) => !('coding' in (code as object)))).toBe('some');
    expect(JSON.stringify(all)).not.toContain('athena');
    expect(of('ServiceRequest')).toEqual([]);
  });
});

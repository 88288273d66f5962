// Proves the lists that the simulator serves: the practices that there are by default, as many as the vendors' when
// asked, the same ones for the same seed, and 304 for who has them.

import { afterEach, describe, expect, it } from 'vitest';
import { athenahealthDirectory } from '../../src/portals/athenahealth/directory.ts';
import { healowDirectory } from '../../src/portals/healow/directory.ts';
import { vendorOfList } from '../../src/portals/index.ts';
import { type RunningSimulator, startSimulator } from '../start.ts';
import { healowBundle } from '../vendors/healow-directory.ts';
import { athenahealthFilling, filledUp, healowFilling } from './generate.ts';

let simulator: RunningSimulator | undefined;
afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
});

const start = async (directorySize?: number | 'full') => {
  simulator = await startSimulator({
    size: 20,
    anchor: '2026-01-15',
    ...(directorySize === undefined ? {} : { directorySize }),
  });
  return `${simulator.url}/athenahealth/production/athena-fhir-service-base-urls.json`;
};
const clinicsAt = async (url: string) =>
  athenahealthDirectory.read(await (await fetch(url)).text());

describe('athenahealth’s list', () => {
  it('names the practices that there are', async () => {
    expect((await clinicsAt(await start())).clinics).toHaveLength(4);
  });

  it('names as many as the vendor’s where it is asked to, those that there are first', async () => {
    const url = await start('full');
    const read = await clinicsAt(url);
    expect(read.unreadable).toBe(0);
    expect(read.clinics).toHaveLength(athenahealthFilling.full);
    expect(read.clinics[0]?.name).toBe('Harbor Lane Family Medicine');
    expect(new Set(read.clinics.map(({ id }) => id)).size).toBe(athenahealthFilling.full);
    expect(read.clinics.every((c) => c.town && c.state && /^\d{5}$/.test(c.postalCode ?? ''))).toBe(
      true,
    );
  });

  it('of the test environment stays as it is', async () => {
    const url = await start('full');
    expect((await clinicsAt(url.replace('production', 'preview'))).clinics).toHaveLength(1);
  });

  it('is not sent again to who has it', async () => {
    const url = await start(10);
    const first = await fetch(url);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^".+"$/);
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await fetch(url, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });
});

describe('Healow’s list', () => {
  const wanted = { vendor: 'healow', size: 'full', seed: 1 } as const;

  it('has as many practices as the vendor’s, each with a code and a base of its own', () => {
    const practices = filledUp([], healowFilling, wanted);
    const text = healowBundle('https://fhir4.healow.com/fhir/r4', practices);
    expect(vendorOfList(text)?.portal.id).toBe('healow');
    const read = healowDirectory.read(text);
    expect(read.clinics).toHaveLength(healowFilling.full);
    expect(read.unreadable).toBe(0);
    expect(read.clinics.every(({ id }) => /^[A-J]{6}$/.test(id))).toBe(true);
    expect(new Set(read.clinics.map(({ fhirBaseUrl }) => fhirBaseUrl)).size).toBe(
      healowFilling.full,
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const names = (seed: number) =>
      filledUp([], healowFilling, { ...wanted, size: 50, seed }).map(({ name }) => name);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
  });
});

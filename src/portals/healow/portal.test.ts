// Proves Healow's folder: data that is data, a reader for what came, and that each oddity is there for a reason: without
// it, something fails against a vendor that behaves as recorded.

import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { operator } from '../../access/policy.ts';
import { authorisedFetch } from '../../connections/authorised-fetch.ts';
import { beginConnection } from '../../connections/begin.ts';
import { getConnection } from '../../connections/context.ts';
import { openGrant } from '../../connections/grant.ts';
import { presentOne } from '../../http/present/overview.ts';
import { readReceiptFor } from '../../http/present/receipt.ts';
import type { Clock } from '../../platform/clock.ts';
import { readConfig } from '../../platform/config/read.ts';
import { readReceipt } from '../../records/runs.ts';
import { FHIR_JSON, type Portal, type Vendor } from '../portal.ts';
import { createRegistry, notesOf, vendorKeys } from '../registry.ts';
import { healowBehaviour } from './behaviour.ts';
import { healow } from './portal.ts';

const CLINIC = 'BDKCAA';
const OFF = 'DAJHFB';
const tomas = { username: 'tomas@example.org', password: 'Sample-Login-1' };
const SECRET = 'client_secret_basic' as const;

let program: TestProgram;
afterEach(() => program?.close());

type Options = NonNullable<Parameters<typeof startProgram>[0]>;

const start = async (options: Options = {}) => {
  program = await startProgram({ portal: 'healow', ...options });
};
const withPortal = (change: Partial<Portal>) => (vendor: Vendor) => ({
  ...vendor,
  portal: { ...vendor.portal, ...change },
});
const signIn = (clinicId = CLINIC) => program.signIn({ clinicId }, tomas);
const connect = () => program.connect({ clinicId: CLINIC }, tomas);
const receiptOf = async (connection: string) =>
  readReceipt(program.db, (await program.sync(connection)).id);
const question = async (type: string) =>
  (await receiptOf(await connect()))?.questions.find((q) => q.type === type);

describe('the portal as data', () => {
  it('survives a round trip through JSON', () => {
    expect(JSON.parse(JSON.stringify(healow))).toEqual(healow);
  });

  it('asks for the 22 kinds that a working client asks for, and for nothing that no scope covers', () => {
    const clinical = healow.scopes.filter((scope) => scope.startsWith('patient/'));
    expect(new Set(clinical).size).toBe(22);
    const questions = [...healow.questions, ...healow.referenced.questions];
    for (const { type, scope } of questions) expect(clinical, type).toContain(scope);
    expect(new Set(questions.map((q) => q.key)).size).toBe(questions.length);
    const asked = questions.map(({ scope }) => scope);
    const left = clinical.filter((scope) => !asked.includes(scope));
    expect(left).toEqual(['patient/Binary.read', 'patient/Provenance.read']);
  });

  it('is registered by keys of its own, public, with a secret, or with keys', () => {
    const keys = vendorKeys.filter(({ name }) => name.startsWith('HEALOW_'));
    expect(keys.map(({ name }) => name)).toEqual([
      'HEALOW_CLIENT_ID',
      'HEALOW_CLIENT_SECRET',
      'HEALOW_AUTH',
      'HEALOW_SANDBOX_CLIENT_ID',
      'HEALOW_SANDBOX_CLIENT_SECRET',
      'HEALOW_SANDBOX_AUTH',
    ]);
    const entryWith = (env: Record<string, string>) =>
      createRegistry(
        readConfig(
          env,
          vendorKeys.map(({ name }) => name),
        ),
        null,
      ).usable('healow/production', CLINIC);
    const open = entryWith({ HEALOW_CLIENT_ID: 'c' });
    expect(open).toMatchObject({ renews: false, registration: { auth: 'none' } });
    expect(open.scopes).not.toContain('offline_access');
    expect(open.aud).toBe(`https://fhir4.healow.com/fhir/r4/${CLINIC}`);
    for (const more of [{ HEALOW_CLIENT_SECRET: 's' }, { HEALOW_AUTH: 'private_key_jwt' }])
      expect(entryWith({ HEALOW_CLIENT_ID: 'c', ...more })).toMatchObject({
        renews: true,
        scopes: expect.arrayContaining(['offline_access']),
      });
    const trying = createRegistry(
      readConfig(
        { HEALOW_SANDBOX_CLIENT_ID: 'c' },
        vendorKeys.map(({ name }) => name),
      ),
      null,
    ).usable('healow/preview', '');
    expect(trying.fhirBaseUrl).toBe('https://fhir4.healow.com/fhir/r4/JAFJCD');
  });
});

describe('an address to come back to', () => {
  const begunAt = async (publicUrl: string, redirects: Portal['redirects']) => {
    await start();
    const registry = createRegistry(
      readConfig(
        { HEALOW_CLIENT_ID: 'c' },
        vendorKeys.map(({ name }) => name),
      ),
      null,
    );
    const usable = (key: string, clinicId: string) => {
      const entry = registry.usable(key, clinicId);
      return { ...entry, vendor: withPortal({ redirects })(entry.vendor) };
    };
    return beginConnection(
      { ...program.context, publicUrl, registry: { ...registry, usable } },
      {
        portal: 'healow/production',
        clinicId: CLINIC,
        personId: null,
        via: 'app',
        confirms: false,
        by: null,
        key: null,
      },
    );
  };

  it.each([
    ['http://health.example.org', 'connection.needs_https'],
    ['https://localhost:4200', 'connection.needs_public_host'],
  ])('at %s is refused before anybody is sent away', async (publicUrl, code) => {
    await expect(begunAt(publicUrl, healow.redirects)).rejects.toMatchObject({ code });
  });
  it('without the datum would be found out by the vendor alone', async () => {
    const redirects = { https: false, localhost: true };
    expect((await begunAt('http://localhost:4200', redirects)).go).toBeTruthy();
    await expect(
      startProgram({ portal: 'healow', publicUrl: 'http://localhost:4200' }),
    ).rejects.toThrow('begin with https');
  });
});

describe('a sign-in', () => {
  it('names the clinic’s base, and finds the patient in fhirUser', async () => {
    await start();
    const { connectionId, failed } = await signIn();
    expect(failed).toBeNull();
    const { patient_id } = await getConnection(program.db, connectionId);
    expect(patient_id).toMatch(/^[\w.-]{64}$/);
  });
  it.each([
    ['aud', { aud: 'none' }, 'smart.authorization_refused'],
    ['fhirUser', { patientFrom: ['token'] }, 'smart.no_patient'],
    [
      'leaving the launch scope out',
      { scopes: [...healow.scopes, 'launch/patient'] },
      'smart.authorization_refused',
    ],
  ] as const)('without %s fails', async (_what, change, code) => {
    await start({ vendor: withPortal(change as Partial<Portal>) });
    const failed = await signIn().then(
      (result) => result.failed,
      (error) => error,
    );
    expect(failed).toMatchObject({ code });
  });

  it('counts in the clinic’s minute, the browser’s own visit too', async () => {
    const { clock, times } = timed();
    await start({ clock, outbound: times.record, vendor: withPortal({ requests: perMinute(5) }) });
    expect((await signIn()).failed).toBeNull();
    // Discovery, the try, the browser's visit, discovery, the code; the patient has to wait. From here four of these are
    // sent, and one for the keys, which are no clinic's.
    expect(times.inEachMinute()).toEqual([5, 1]);
  });
});

describe('the limit of a minute', () => {
  it('is kept to in a sync', async () => {
    const { clock, times } = timed();
    await start({ clock, outbound: times.record, vendor: withPortal({ requests: perMinute(40) }) });
    expect((await question('Observation'))?.outcome).toBe('full');
    expect(Math.max(...times.inEachMinute())).toBe(40);
  });
  it('without the datum is met, and refuses the rest', async () => {
    const rate = { ...healowBehaviour.rate, requests: 40 };
    const requests = { ...healow.requests, rate: null };
    await start({ behaviour: { rate }, vendor: withPortal({ requests }) });
    const receipt = await receiptOf(await connect());
    const codes = receipt?.questions.map(({ code }) => code);
    expect(codes).toContain('fhir.rate_limited');
  });
});

describe('access', () => {
  const renewed = async () => {
    const connection = await connect();
    const grant = await openGrant(program.context, connection);
    return program.refresher.refresh(connection, grant?.accessToken ?? '');
  };

  it.each(['client_secret_basic', 'private_key_jwt'] as const)(
    'is renewed for a client with %s, each time by a new token',
    async (auth) => {
      await start({ auth });
      const first = await renewed();
      const [connection = ''] = new Set(program.changedIds);
      const second = await program.refresher.refresh(connection, first.accessToken);
      expect(first.refreshToken).toBeTruthy();
      expect(second.refreshToken).not.toBe(first.refreshToken);
    },
  );
  it('is not renewed where it was not asked for', async () => {
    await start({ auth: SECRET, vendor: withPortal({ confidentialScopes: [] }) });
    await expect(renewed()).rejects.toMatchObject({ code: 'smart.no_refresh' });
  });
  it('of a public client is not renewed, which is said before the sign-in and on the card', async () => {
    await start({ auth: 'none' });
    await expect(renewed()).rejects.toMatchObject({ code: 'smart.no_refresh' });
    const entry = program.registry.usable('healow/production', CLINIC);
    expect(notesOf(entry)[0]).toContain('a sign-in for every sync');
    const [id = ''] = new Set(program.changedIds);
    expect(await presentOne(program, operator, id)).toMatchObject({
      schedule: { renews: false },
      nextSyncAt: null,
    });
  });
  it('without the datum would be promised to a public client', async () => {
    await start({ auth: 'none', vendor: withPortal({ renews: 'every-client' }) });
    await expect(renewed()).rejects.toMatchObject({ code: 'smart.no_refresh' });
    const entry = program.registry.usable('healow/production', CLINIC);
    expect(notesOf(entry).join()).not.toContain('a sign-in for every sync');
  });

  it.each([
    ['', 90, 'smart.access_expired'],
    ['without the datum ', null, 'smart.sign_in_again'],
  ] as const)('that has run out is %stold as such', async (_what, refreshTokenDays, code) => {
    let later = 0;
    const clock = { now: () => Date.now() + later, wait: async () => undefined };
    await start({ auth: SECRET, clock, vendor: withPortal({ refreshTokenDays }) });
    const connection = await connect();
    later = 91 * 24 * 3_600_000;
    // As the vendor's guide of errors has it: a denial with status 500.
    program.simulator.control.setFaults(['access.revoked']);
    const grant = await openGrant(program.context, connection);
    await expect(
      program.refresher.refresh(connection, grant?.accessToken ?? ''),
    ).rejects.toMatchObject({ code });
  });
});

describe('links', () => {
  it('that name another host are followed on the clinic’s own, the last page too', async () => {
    await start({ pageSize: 5 });
    expect(await question('Condition')).toMatchObject({ outcome: 'full', pages: 3 });
  });
  it('without the datum end after the first page', async () => {
    await start({ pageSize: 5, vendor: withPortal({ links: 'own' }) });
    expect(await question('Condition')).toMatchObject({
      outcome: 'part',
      code: 'sync.next_link_foreign',
    });
  });

  it('of another clinic are not followed', async () => {
    await start();
    const entry = program.registry.usable('healow/production', CLINIC);
    const { followable } = authorisedFetch(program.context, program.refresher, {
      connectionId: 'none',
      entry,
      clinicId: CLINIC,
    });
    const { pathname } = new URL(entry.fhirBaseUrl);
    const foreign = `http://fhir4.eclinicalworks.com${pathname}`;
    expect(followable(`${foreign}/Goal?page=2`)).toBe(`${entry.fhirBaseUrl}/Goal?page=2`);
    expect(() => followable(`${foreign.replace(CLINIC, OFF)}/Goal?page=2`)).toThrow(
      expect.objectContaining({ code: 'net.foreign_origin' }),
    );
  });

  it.each([
    ['fetched on the clinic’s own', { links: 'rebased' }, null],
    ['left, without the datum', { links: 'own' }, 'sync.attachment_foreign'],
  ] as const)('to a file at the other host are %s', async (_what, change, code) => {
    await start({ vendor: withPortal(change) });
    const connection = await connect();
    const { patient_id } = await getConnection(program.db, connection);
    const { control } = program.simulator;
    const { pathname } = new URL(program.registry.usable('healow/production', CLINIC).fhirBaseUrl);
    for (const { type, id } of control.truth('production', patient_id ?? '', 'healow').resources) {
      if (type !== 'DocumentReference') continue;
      const text = control.text('production', type, id, 'healow') ?? '';
      const elsewhere = `"url":"http://fhir4.eclinicalworks.com${pathname}/Binary/`;
      control.edit({
        portal: 'healow',
        environment: 'production',
        type,
        id,
        text: text.replace('"url":"Binary/', elsewhere),
      });
    }
    const files = (await receiptOf(connection))?.questions.find((q) => q.key === 'attachments');
    expect(files?.setAsideWhy.map((one) => one.code)).toEqual(code === null ? [] : [code]);
    expect(files?.received).toBe(code === null ? 9 : 0);
  });

  it.each([
    ['this patient', { links: 'rebased' }, 0],
    ['somebody else, without the datum,', { links: 'own' }, 1],
  ] as const)('from a record at the other host mean %s', async (_whom, change, setAside) => {
    await start({ vendor: withPortal(change) });
    const connection = await connect();
    const { patient_id } = await getConnection(program.db, connection);
    const { control } = program.simulator;
    const all = control.truth('production', patient_id ?? '', 'healow').resources;
    const goal = all.find(({ type }) => type === 'Goal');
    const { pathname } = new URL(program.registry.usable('healow/production', CLINIC).fhirBaseUrl);
    const subject = `http://fhir4.eclinicalworks.com${pathname}/Patient/${patient_id}`;
    control.edit({
      portal: 'healow',
      environment: 'production',
      type: 'Goal',
      id: goal?.id ?? '',
      set: { subject: { reference: subject } },
    });
    const goals = (await receiptOf(connection))?.questions.find(({ key }) => key === 'goals');
    expect(goals?.setAsideWhy.map(({ code }) => code)).toEqual(
      setAside === 0 ? [] : ['sync.other_patient'],
    );
  });
});

describe('searches', () => {
  it('are put with the older media type first, for a vendor that insists on it', async () => {
    await start({ behaviour: { acceptBegins: 'application/json+fhir' } });
    expect(await question('Condition')).toMatchObject({ outcome: 'full' });
  });
  it('without the datum are refused by it', async () => {
    const behaviour = { acceptBegins: 'application/json+fhir' };
    await start({ behaviour, vendor: withPortal({ accept: FHIR_JSON }) });
    expect((await signIn()).failed).not.toBeNull();
  });

  const refusedSearches = (type: string) =>
    program.simulator.control.requests().filter((r) => r.type === type && r.status === 400).length;

  it('that know their parameters exactly are put by category, refused once alone', async () => {
    await start();
    expect(await question('Observation')).toMatchObject({
      key: 'observations-by-category',
      outcome: 'full',
      parts: expect.arrayContaining(['category=laboratory']),
    });
    expect(refusedSearches('Observation')).toBe(1);
  });
  it('with a page size are refused for each category, and then put without', async () => {
    const questions = healow.questions.map((one) =>
      one.type === 'Observation'
        ? { ...one, parameters: { ...one.parameters, _count: '50' } }
        : one,
    );
    await start({ vendor: withPortal({ questions }) });
    expect(await question('Observation')).toMatchObject({ outcome: 'full' });
    expect(refusedSearches('Observation')).toBeGreaterThan(10);
  });

  const impatient = { ...healow.requests, timeoutMs: 2_500, attempts: 1 };
  const slow = { DocumentReference: { ms: 30_000, parameter: 'date' } };

  it('for documents are put year by year, and answered', async () => {
    await start({ behaviour: { slow }, vendor: withPortal({ requests: impatient }) });
    const asked = await question('DocumentReference');
    expect(asked).toMatchObject({ outcome: 'full', code: null });
    // This year, twenty before, and all that is older.
    expect(asked?.parts).toHaveLength(22);
    const year = new Date().getUTCFullYear();
    expect(asked?.parts?.slice(0, 2)).toEqual([
      `date=ge${year}-01-01`,
      `date=ge${year - 1}-01-01&date=le${year - 1}-12-31`,
    ]);
    expect(asked?.parts?.at(-1)).toBe(`date=le${year - 21}-12-31`);
    const shown = await readReceiptFor(program, asked?.runId ?? '');
    expect(shown.questions.find(({ key }) => key === 'documents')).toMatchObject({
      note: 'asked for year by year',
      why: expect.stringContaining(
        'What has no date is not in this answer, so that nothing counts as no longer reported by it.',
      ),
    });
  });
  it('are not tried year by year where nobody is there any more', async () => {
    await start({ vendor: withPortal({ requests: { ...impatient, attempts: 2 } }) });
    const connection = await connect();
    program.simulator.control.setFaults([{ name: 'page.reset', type: 'DocumentReference' }]);
    program.simulator.control.clearRequests();
    const run = await program.sync(connection);
    const { questions } = await readReceiptFor(program, run.id);
    expect(questions.find(({ key }) => key === 'documents')).toMatchObject({
      outcome: 'failed',
      reason: { code: 'net.unreachable' },
    });
    // The first year alone of 22: two tries, and two for fewer records.
    const all = program.simulator.control.requests();
    expect(all.filter(({ type }) => type === 'DocumentReference')).toHaveLength(4);
  });
  it('for documents without a date hang: cut off, recorded, and the rest goes on', async () => {
    const questions = healow.questions.map(({ windows: _left, ...one }) => one);
    await start({
      behaviour: { slow },
      vendor: withPortal({ questions, requests: impatient }),
    });
    const receipt = await receiptOf(await connect());
    const outcomes = receipt?.questions.map(({ type, outcome, code }) => [type, outcome, code]);
    expect(outcomes).toContainEqual(['DocumentReference', 'failed', 'net.timeout']);
    expect(outcomes?.filter(([, outcome]) => outcome !== 'full')).toHaveLength(1);
  });

  it('find what their wrong totals would hide or promise', async () => {
    await start();
    const receipt = await receiptOf(await connect());
    expect(
      receipt?.questions.find(({ type }) => type === 'MedicationAdministration'),
    ).toMatchObject({ outcome: 'full', received: 0 });
  });
});

describe('a clinic that has not switched patients’ programs on', () => {
  const stateAt = async (clinicId: string, options: Options = {}) => {
    await start({ isSample: true, ...options });
    const { connectionId, go } = await program.begin({ clinicId });
    await program.follow(go).catch(() => undefined);
    return (await presentOne(program, operator, connectionId)).state;
  };

  it('is said to be such, with the words to send it', async () => {
    expect(await stateAt(OFF)).toMatchObject({
      kind: 'failed',
      code: 'connection.clinic_api_off',
      act: 'clinic',
      words: expect.stringContaining('my own record from Frenchman Bay Urgent Care'),
    });
  });
  it('without the datum looks like a portal that is down', async () => {
    expect(await stateAt(OFF, { vendor: withPortal({ wordsForClinic: null }) })).toMatchObject({
      code: 'smart.discovery_failed',
      words: null,
    });
  });
  it('later on keeps the record, and says so', async () => {
    await start({ auth: SECRET });
    const connection = await connect();
    await program.sync(connection);
    program.simulator.control.setFaults(['clinic.api-off']);
    await program.sync(connection);
    const { state, records } = await presentOne(program, operator, connection);
    expect(state).toMatchObject({ kind: 'sign-in-again', code: 'connection.clinic_api_off' });
    expect(records).toBeGreaterThan(100);
  });
  it('says in the receipt what it answers to who asks how to sign in', async () => {
    await start({ auth: SECRET });
    const connection = await connect();
    await program.db
      .updateTable('connection_grant')
      .set({ expires_at: '2026-01-01T00:00:00.000Z' })
      .execute();
    program.simulator.control.setFaults(['clinic.api-off']);
    const { id } = await program.sync(connection);
    const { questions } = await readReceiptFor(program, id);
    const said = expect.stringMatching(/^HTTP status 4\d\d: [A-Z]/);
    expect(questions.map(({ reason }) => reason)).toContainEqual(
      expect.objectContaining({ code: 'connection.clinic_api_off', portalSaid: said }),
    );
  });
});

function perMinute(requests: number): Portal['requests'] {
  return { ...healow.requests, rate: { requests, in: 'minute' } };
}

/** A clock that stands still but for its waits, and what is sent in each of its minutes. */
function timed() {
  let now = Date.parse('2026-11-22T12:00:00Z');
  const sent = new Map<number, number>();
  const clock: Clock = {
    now: () => now,
    wait: async (ms) => {
      now += ms;
    },
  };
  const times = {
    record: ((url, init) => {
      const minute = Math.floor(now / 60_000);
      sent.set(minute, (sent.get(minute) ?? 0) + 1);
      return outbound(url, init);
    }) as typeof outbound,
    inEachMinute: () => [...sent.values()],
  };
  return { clock, times };
}

// Proves on a real portal what becomes of the files that documents refer to: kept as they are, counted in the receipt,
// asked for again by a schedule of their own, and never at another server.

import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { operator } from '../access/policy.ts';
import { getConnection } from '../connections/context.ts';
import { presentOne } from '../http/present/overview.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { athenahealthBehaviour } from '../portals/athenahealth/behaviour.ts';
import { contentKey, nameOfContent, readContent } from '../records/attachment-content.ts';
import { summariesOf } from '../records/run-history.ts';
import { questionsOf, readReceipt } from '../records/runs.ts';
import type { Question } from '../records/types.ts';

const HOUR = 3_600_000;

let program: TestProgram;
let connection: string;
let sent: { url: string; hasToken: boolean }[];
let ahead: number;
let onSend: () => void;
/** In place of the portal's. */
let answered: (url: string) => Response | null;
afterEach(() => program.close());

/** The vendor, but that its documents refer to files; and that patients are given them, unless said otherwise. */
async function open(deniedToPatients: readonly string[] = []): Promise<void> {
  sent = [];
  ahead = 0;
  onSend = () => undefined;
  answered = () => null;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  program = await startProgram({
    clock,
    outbound: async (url, init) => {
      sent.push({ url, hasToken: new Headers(init?.headers).has('authorization') });
      onSend();
      return answered(url) ?? outbound(url, init);
    },
    behaviour: {
      deniedToPatients,
      accessToken: { form: 'jwt', seconds: 3600 * 24 * 90 },
      rates: { ...athenahealthBehaviour.rates, documentInline: 0.2, documentByReference: 1 },
    },
  });
  connection = await program.connect();
  sent = [];
}

async function synced(): Promise<Question | undefined> {
  const run = await program.sync(connection);
  return (await questionsOf(program.db, run.id)).find(({ key }) => key === 'attachments');
}

const rows = () =>
  program.db
    .selectFrom('attachment as a')
    .innerJoin('resource as r', (join) =>
      join.onRef('r.id', '=', 'a.resource_id').onRef('r.current_seq', '=', 'a.version_seq'),
    )
    .selectAll('a')
    .select('r.fhir_id')
    .where('a.comes', '=', 'reference')
    .orderBy('a.version_seq')
    .execute();

async function bytesOf(id: string | null, bytes: number | null): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of readContent(program.db, id ?? '', { from: 0, to: bytes ?? 0 }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

const asked = () => sent.filter(({ url }) => /\/Binary\//.test(url));
const faults = (...on: unknown[]) => program.simulator.control.setFaults(on);

async function expectAllKept(): Promise<void> {
  const files = await rows();
  expect(files.length).toBeGreaterThan(5);
  const key = await contentKey(program.db);
  for (const file of files) {
    expect(file).toMatchObject({ state: 'kept', kept_type: 'application/pdf', code: null });
    const bytes = await bytesOf(file.content_id, file.bytes);
    expect(bytes.toString('latin1')).toMatch(/^%PDF-1\.4[^]*%%EOF\n$/);
    expect(nameOfContent(key, bytes)).toBe(file.content_id);
  }
}

describe('files that documents refer to', () => {
  it('are kept byte for byte, and the receipt counts each', async () => {
    await open();
    const question = await synced();
    await expectAllKept();
    const n = (await rows()).length;
    expect(question).toMatchObject({ outcome: 'full', received: n, new: n, setAside: 0 });
    expect(asked()).toHaveLength(n);
    const [summary] = await summariesOf(program.db, { source: connection });
    const { records } = await presentOne(program, operator, connection);
    expect(summary).toMatchObject({ newFiles: n, new: records });
  });

  it.each(['binary.is-raw-pdf', 'binary.is-json'])(
    'are the same where the portal does %s',
    async (fault) => {
      await open();
      faults(fault);
      expect(await synced()).toMatchObject({ outcome: 'full' });
      await expectAllKept();
    },
  );

  it('are not asked for again, and no question stands in the receipt where none is due', async () => {
    await open();
    await synced();
    sent = [];
    expect(await synced()).toBeUndefined();
    expect(asked()).toEqual([]);
  });

  it('are asked for again when their record has changed, the same one counted as unchanged', async () => {
    await open();
    await synced();
    const [one] = await rows();
    const edit = { environment: 'production', type: 'DocumentReference', id: one?.fhir_id };
    program.simulator.control.edit({ ...edit, set: { docStatus: 'amended' } } as never);
    sent = [];
    const again = { outcome: 'full', received: 1, new: 0, unchanged: 1 };
    expect(await synced()).toMatchObject(again);
    expect(asked()).toHaveLength(1);
    const binary = { ...edit, type: 'Binary', id: `${one?.fhir_id}-file` };
    const data = Buffer.from('%PDF-1.4 amended').toString('base64');
    program.simulator.control.edit({ ...binary, set: { data } } as never);
    program.simulator.control.edit({ ...edit, set: { docStatus: 'final' } } as never);
    expect(await synced()).toMatchObject({ received: 1, changed: 1, unchanged: 0 });
    const now = (await rows()).find(({ fhir_id }) => fhir_id === one?.fhir_id);
    expect((await bytesOf(now?.content_id ?? null, 16)).toString()).toBe('%PDF-1.4 amended');
  });

  it('are no other files, and no other records, when their signed addresses move', async () => {
    await open();
    faults('attachment.url-signed');
    await synced();
    await expectAllKept();
    const before = await rows();
    sent = [];
    const run = await program.sync(connection);
    expect(run.sums).toMatchObject({ new: 0, changed: 0 });
    expect(asked()).toEqual([]);
    const after = await rows();
    expect(after.map((row) => row.version_seq)).toEqual(before.map((row) => row.version_seq));
    expect(after[0]?.address).not.toBe(before[0]?.address);
  });

  it('are asked for at the address that was given last', async () => {
    await open();
    faults('attachment.url-signed', 'binary.500');
    await synced();
    ahead = 2 * HOUR;
    faults('attachment.url-signed');
    sent = [];
    expect(await synced()).toMatchObject({ outcome: 'full' });
    const given = new Set((await rows()).map(({ address }) => address?.split('?')[1]));
    for (const { url } of asked()) expect(given).toContain(/sig=\d+&expires=\d+/.exec(url)?.[0]);
  });
});

describe('files that do not come', () => {
  it('are refused by a portal that denies them, which is asked three times and not for each', async () => {
    await open(['Binary']);
    const question = await synced();
    const n = (await rows()).length;
    expect(question).toMatchObject({
      outcome: 'refused',
      code: 'fhir.forbidden',
      received: 0,
      setAside: n,
      setAsideWhy: [{ code: 'fhir.forbidden', type: 'Binary', count: n }],
    });
    expect(asked().length).toBeLessThanOrEqual(4);
    expect((await rows()).every(({ state }) => state === 'refused')).toBe(true);
    expect((await getConnection(program.db, connection)).status).toBe('ready');
  });

  it('and were refused are asked for again after a week, not before', async () => {
    await open(['Binary']);
    await synced();
    ahead = 6 * 24 * HOUR;
    expect(await synced()).toBeUndefined();
    ahead = 7 * 24 * HOUR + 60_000;
    expect(await synced()).toMatchObject({ outcome: 'refused' });
  });

  it('for a fault of the portal are asked for after an hour, six, a day, a week, and then no more', async () => {
    await open();
    faults('binary.500');
    const n = async () => (await rows()).length;
    const failed = { outcome: 'failed', code: 'fhir.server_error', received: 0 };
    expect(await synced()).toMatchObject({ ...failed, setAside: await n() });
    for (const pause of [HOUR, 6 * HOUR, 24 * HOUR, 7 * 24 * HOUR]) {
      ahead += pause - 60_000;
      expect(await synced()).toBeUndefined();
      ahead += 120_000;
      expect(await synced()).toMatchObject(failed);
    }
    ahead += 300 * 24 * HOUR;
    expect((await rows()).every((row) => row.next_try_at === null && row.tries === 5)).toBe(true);
  }, 60_000);

  it('leave the others their way, and come with a later sync', async () => {
    await open();
    faults({ name: 'binary.500', times: 2 });
    const question = await synced();
    expect(question).toMatchObject({ outcome: 'part', code: 'fhir.server_error', setAside: 2 });
    expect((question?.received ?? 0) + 2).toBe((await rows()).length);
    ahead = 2 * HOUR;
    expect(await synced()).toMatchObject({ outcome: 'full', received: 2 });
    await expectAllKept();
  });

  it('because they were too many are not asked for again before the portal said', async () => {
    await open();
    answered = (url) =>
      url.includes('/Binary/')
        ? new Response(null, { status: 429, headers: { 'retry-after': '600' } })
        : null;
    expect(await synced()).toMatchObject({ outcome: 'failed', code: 'fhir.rate_limited' });
    // Two are asked for at a time.
    expect(asked().length).toBeLessThanOrEqual(2);
    expect((await rows()).length).toBeGreaterThan(2);
  });

  it('and are too large are left, with that reason, and not asked for again', async () => {
    await open();
    faults({ name: 'binary.too-large', times: 1 });
    expect(await synced()).toMatchObject({
      outcome: 'part',
      setAsideWhy: [{ code: 'sync.attachment_too_large', type: 'Binary', count: 1 }],
    });
    const large = (await rows()).filter(({ state }) => state === 'too-large');
    expect(large).toMatchObject([{ next_try_at: null, content_id: null }]);
  });

  it('because they lie on another server are never asked for there', async () => {
    await open();
    faults('binary.foreign-host');
    const question = await synced();
    const n = (await rows()).length;
    expect(question).toMatchObject({
      outcome: 'refused',
      code: 'sync.attachment_foreign',
      setAside: n,
    });
    expect(asked()).toEqual([]);
    const { origin } = new URL(program.simulator.url);
    expect(sent.every(({ url, hasToken }) => !hasToken || new URL(url).origin === origin)).toBe(
      true,
    );
  });

  it('add up in the run: what was received is new, changed or unchanged', async () => {
    await open();
    faults({ name: 'binary.500', times: 3 });
    const run = await program.sync(connection);
    const { sums } = (await readReceipt(program.db, run.id))?.run ?? run;
    expect(sums.received).toBe(sums.new + sums.changed + sums.unchanged);
    expect(sums.setAside).toBe(3);
  });
});

describe('a run that is cut off among files', () => {
  it('goes on with those that are left, and counts each once', async () => {
    await open();
    const over = new AbortController();
    onSend = () => {
      if (asked().length === 4) over.abort(new Error('the process ends'));
    };
    await expect(program.sync(connection, over.signal)).rejects.toThrow('the process ends');
    const kept = (await rows()).filter(({ state }) => state === 'kept').length;
    expect(kept).toBeGreaterThan(0);
    const question = await synced();
    const n = (await rows()).length;
    expect(question).toMatchObject({ outcome: 'full', received: n, new: n });
    await expectAllKept();
  });
});

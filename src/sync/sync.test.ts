import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { getConnection } from '../connections/context.ts';
import { disconnect } from '../connections/disconnect.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { errorCatalogue } from '../platform/error-catalogue.ts';
import { isChartfoldError } from '../platform/errors.ts';
import { rawOf } from '../records/read.ts';
import { listRuns, openRunOf, readReceipt } from '../records/runs.ts';
import type { Question, Receipt } from '../records/types.ts';

let program: TestProgram;
let connection: string;

beforeEach(async () => {
  program = await startProgram();
  connection = await program.connect();
});
afterEach(() => program.close());

async function synced(): Promise<Receipt> {
  const run = await program.sync(connection);
  const receipt = await readReceipt(program.db, run.id);
  if (!receipt) throw new Error('no receipt');
  return receipt;
}

async function truth(): Promise<{ sha256: string; type: string; id: string }[]> {
  const { patient_id } = await getConnection(program.db, connection);
  return program.simulator.control.truth('production', patient_id ?? '').resources as {
    sha256: string;
    type: string;
    id: string;
  }[];
}

/** What is stored: `Type/id` with the hash of its exact text. */
async function stored(): Promise<Map<string, string>> {
  const rows = await program.db
    .selectFrom('resource')
    .select(['type', 'fhir_id', 'raw_hash'])
    .where('source_id', '=', connection)
    .execute();
  return new Map(rows.map((row) => [`${row.type}/${row.fhir_id}`, row.raw_hash]));
}

async function expectStoreToEqualTruth(): Promise<void> {
  const held = new Map((await truth()).map((r) => [`${r.type}/${r.id}`, r.sha256]));
  expect(Object.fromEntries(await stored())).toEqual(Object.fromEntries(held));
}

const question = (receipt: Receipt, key: string): Question => {
  const found = receipt.questions.find((q) => q.key === key);
  if (!found) throw new Error(`no question ${key}`);
  return found;
};

describe('a sync', () => {
  it('stores exactly what the portal holds, character for character, and its totals add up', async () => {
    const receipt = await synced();
    await expectStoreToEqualTruth();
    expect(receipt.questions.map((q) => q.outcome)).toEqual(receipt.questions.map(() => 'full'));
    const { sums } = receipt.run;
    expect(sums.received).toBe(sums.new + sums.changed + sums.unchanged);
    expect(sums.new).toBe((await stored()).size);
    expect(receipt.run.receiptHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stores nothing twice when it runs again', async () => {
    await synced();
    const before = await stored();
    const again = await synced();
    expect(again.run.sums).toMatchObject({ new: 0, changed: 0 });
    expect(again.run.sums.unchanged).toBe(again.run.sums.received);
    expect(await stored()).toEqual(before);
  });

  it('keeps both texts of a record that changed at the portal, and says that it changed', async () => {
    await synced();
    const observation = (await truth()).find((r) => r.type === 'Observation');
    program.simulator.control.edit({
      environment: 'production',
      type: 'Observation',
      id: observation?.id ?? '',
      set: { status: 'amended' },
    } as never);
    const again = await synced();
    expect(question(again, 'observations').changed).toBe(1);
    const versions = await program.db
      .selectFrom('resource_version as v')
      .innerJoin('resource as r', 'r.id', 'v.resource_id')
      .select('v.seq')
      .where('r.fhir_id', '=', observation?.id ?? '')
      .orderBy('v.seq')
      .execute();
    const texts = await Promise.all(versions.map((v) => rawOf(program.db, v.seq)));
    expect(texts).toHaveLength(2);
    expect(texts[1]).toContain('amended');
    expect(texts[0]).not.toBe(texts[1]);
  });

  it('does not count a moving meta.lastUpdated or another order of keys as a change', async () => {
    await synced();
    program.simulator.control.setFaults(['meta.lastUpdated-moves', 'resource.key-order']);
    const again = await synced();
    expect(again.run.sums).toMatchObject({ new: 0, changed: 0 });
  });

  it('asks for medication requests with every intent, and sends ah-practice on each call with its slash as it is', async () => {
    const sent: string[] = [];
    await program.close();
    const { outbound } = await import('../../e2e/support/outbound.ts');
    program = await startProgram({
      outbound: (url, init) => {
        sent.push(url);
        return outbound(url, init);
      },
    });
    connection = await program.connect();
    await synced();
    const calls = sent.filter((url) => url.includes('/fhir/r4/') && !url.includes('.well-known'));
    expect(calls.length).toBeGreaterThan(15);
    expect(calls.every((url) => url.includes('ah-practice=Organization/a-1.Practice-24411'))).toBe(
      true,
    );
    expect(calls.find((url) => url.includes('/MedicationRequest?'))).toContain(
      'intent=proposal,plan,order,',
    );
  });
});

describe('a page that fails', () => {
  it.each(['page.500', 'page.429', 'page.reset', 'page.html-error', 'page.truncated-json'])(
    '%s once is asked for again, and nothing is lost',
    async (name) => {
      program.simulator.control.setFaults([{ name, times: 1, type: 'Observation' }]);
      const receipt = await synced();
      expect(question(receipt, 'observations').outcome).toBe('full');
      await expectStoreToEqualTruth();
    },
  );

  it.each([
    ['page.500', 'fhir.server_error'],
    ['page.reset', 'net.unreachable'],
    ['page.html-error', 'fhir.server_error'],
    ['page.truncated-json', 'fhir.truncated'],
  ])('%s each time is named in the receipt, and the rest goes on', async (name, code) => {
    program.simulator.control.setFaults([{ name, type: 'Observation' }]);
    const receipt = await synced();
    expect(question(receipt, 'observations')).toMatchObject({
      outcome: 'failed',
      code,
      retries: 3,
    });
    const others = receipt.questions.filter((q) => q.key !== 'observations');
    expect(others.every((q) => q.outcome === 'full')).toBe(true);
    program.simulator.control.setFaults([]);
    expect(question(await synced(), 'observations').outcome).toBe('full');
    await expectStoreToEqualTruth();
  });

  it('that is too large for the portal is asked for with fewer records, and nothing is lost', async () => {
    await program.close();
    program = await startProgram({
      vendor: (vendor) => ({
        ...vendor,
        portal: { ...vendor.portal, requests: { ...vendor.portal.requests, fewerAPage: 10 } },
      }),
    });
    connection = await program.connect();
    program.simulator.control.setFaults([{ name: 'page.too-many', type: 'Observation', most: 10 }]);
    const receipt = await synced();
    expect(receipt.questions.map((q) => q.outcome)).toEqual(receipt.questions.map(() => 'full'));
    await expectStoreToEqualTruth();
  });

  it('a link to another host is not followed, and the question is answered in part [CWE-200]', async () => {
    program.simulator.control.setFaults([
      { name: 'page.next-link-foreign-host', type: 'Observation' },
    ]);
    const receipt = await synced();
    expect(question(receipt, 'observations')).toMatchObject({
      outcome: 'part',
      code: 'sync.next_link_foreign',
      pages: 1,
    });
  });

  it('a link that bears a name before its host is not followed either, by the same rule', async () => {
    const origin = program.simulator.url.replace('//', '//someone@');
    program.simulator.control.setFaults([
      { name: 'page.next-link-foreign-host', type: 'Observation', origin },
    ]);
    expect(question(await synced(), 'observations')).toMatchObject({
      outcome: 'part',
      code: 'sync.next_link_foreign',
      pages: 1,
    });
  });

  it('pages that lead in a circle are left, and what came is kept [CWE-835]', async () => {
    program.simulator.control.setFaults([{ name: 'page.next-cycle', type: 'Observation' }]);
    const receipt = await synced();
    expect(question(receipt, 'observations')).toMatchObject({
      outcome: 'part',
      code: 'sync.next_link_cycle',
    });
    expect(question(receipt, 'observations').new).toBeGreaterThan(0);
  });

  it('an entry that comes twice on one page is one record', async () => {
    program.simulator.control.setFaults(['bundle.duplicate-entry', 'bundle.total-wrong']);
    const receipt = await synced();
    await expectStoreToEqualTruth();
    expect(receipt.run.sums.received).toBe(receipt.run.sums.new + receipt.run.sums.unchanged);
    expect(receipt.run.sums.unchanged).toBeGreaterThan(0);
  });
});

describe('access during a sync', () => {
  it('a 401 in the middle is met by one renewal, and nothing is lost', async () => {
    program.simulator.control.setFaults([{ name: '401.mid-sync', times: 1 }]);
    await synced();
    await expectStoreToEqualTruth();
  });

  it('a permission that was not ticked is a gap in the receipt that says who can mend it, not a failure', async () => {
    program.simulator.control.setFaults([
      { name: 'scope.narrowed', scopes: ['patient/Immunization.read'] },
    ]);
    const partial = await program.signIn();
    expect(partial.failed).toBeNull();
    const receipt = await synced();
    expect(question(receipt, 'immunizations')).toMatchObject({
      outcome: 'refused',
      code: 'fhir.scope_missing',
      httpStatus: null,
    });
    const sent = program.simulator.control.requests();
    expect(sent.filter(({ type }) => type === 'Immunization')).toEqual([]);
    expect(receipt.run.scopesGranted).not.toContain('patient/Immunization.read');
    expect(receipt.run.scopesAsked).toContain('patient/Immunization.read');
  });

  it('ends the run when the portal no longer renews access, says so in each question left, and keeps the record', async () => {
    await synced();
    const before = await stored();
    program.simulator.control.setFaults(['access.revoked', { name: '401.mid-sync', times: 99 }]);
    const receipt = await synced();
    expect(await stored()).toEqual(before);
    expect(await getConnection(program.db, connection)).toMatchObject({ status: 'sign-in-again' });
    expect(receipt.questions.map((q) => q.outcome)).not.toContain('full');
  });

  it('says that the clinic has withdrawn its permission where every question is refused', async () => {
    await synced();
    const before = await stored();
    program.simulator.control.setFaults(['access.revoked']);
    await synced();
    expect(await stored()).toEqual(before);
    expect(await getConnection(program.db, connection)).toMatchObject({
      status: 'sign-in-again',
      status_code: 'connection.withdrawn',
    });
  });
});

describe('a sync that is cut off', () => {
  it('goes on from where it was: nothing lost, nothing double, one receipt', async () => {
    const ending = new AbortController();
    program.simulator.control.setFaults([{ name: 'reply.slow', type: 'Observation' }]);
    const cut = program.sync(connection, ending.signal);
    await expect.poll(async () => (await stored()).size, { timeout: 20_000 }).toBeGreaterThan(20);
    ending.abort(new DOMException('stopping', 'AbortError'));
    await expect(cut).rejects.toThrow('stopping');
    const open = await openRunOf(program.db, connection);
    expect(open).toBeDefined();
    program.simulator.control.setFaults([]);
    const receipt = await synced();
    expect(receipt.run.id).toBe(open?.id);
    await expectStoreToEqualTruth();
    const versions = await program.db
      .selectFrom('resource')
      .select((eb) => eb.fn.max('version_count').as('most'))
      .executeTakeFirst();
    expect(versions?.most).toBe(1);
  });

  it('is not begun for a connection that is not ready', async () => {
    await program.db
      .updateTable('connection')
      .set({ status: 'disconnected' })
      .where('id', '=', connection)
      .execute();
    await expect(program.sync(connection)).rejects.toSatisfy((e) =>
      isChartfoldError(e, 'sync.connection_not_ready'),
    );
  });

  it('by disconnecting keeps what came, and its receipt says what was not asked any more', async () => {
    program.simulator.control.setFaults([{ name: 'reply.slow', type: 'Observation' }]);
    const { run, idle } = await runningJobs();
    await expect.poll(async () => (await stored()).size, { timeout: 20_000 }).toBeGreaterThan(20);
    await disconnect(program.context, connection);
    await idle;
    const [receipt] = await listRuns(program.db, connection);
    expect(receipt?.endedAt).not.toBeNull();
    const questions = (await readReceipt(program.db, receipt?.id ?? ''))?.questions ?? [];
    expect(questions.every((q) => !['pending', 'asking'].includes(q.outcome))).toBe(true);
    expect(questions.some((q) => q.outcome === 'not-asked' || q.outcome === 'part')).toBe(true);
    const { questions: shown } = await readReceiptFor(program, receipt?.id ?? '');
    const sentences = new Set(shown.flatMap(({ reason }) => (reason ? [reason.sentence] : [])));
    expect([...sentences]).toEqual([errorCatalogue['sync.disconnected'].sentence]);
    // Nobody stopped Chartfold, and no start goes on with a run that has ended.
    expect([...sentences].join()).not.toMatch(/stopped|start/);
    expect((await getConnection(program.db, connection)).status).toBe('disconnected');
    expect((await stored()).size).toBeGreaterThan(20);
    expect(run).toHaveLength(1);
  });
});

/** Runs the queued first sync as the server does. */
async function runningJobs() {
  const run: Promise<unknown>[] = [];
  await program.jobs.start({
    sync: async (_payload, signal) => {
      const mine = program.sync(connection, signal);
      run.push(mine);
      await mine;
    },
  });
  return { run, idle: expect.poll(() => run.length, { timeout: 20_000 }).toBe(1) };
}

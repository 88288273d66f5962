// Proves what a server's statement about itself does to a sync, and that a sync goes on without one.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { getConnection } from '../connections/context.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import type { Vendor } from '../portals/portal.ts';
import { questionsOf } from '../records/runs.ts';
import type { Question } from '../records/types.ts';

let program: TestProgram;
afterEach(() => program.close());

/** A registration with scopes for more than the vendor's own questions need. */
const withCoverage = (vendor: Vendor): Vendor => ({
  ...vendor,
  portal: { ...vendor.portal, scopes: [...vendor.portal.scopes, 'patient/Coverage.rs'] },
});

async function connected(vendor?: (vendor: Vendor) => Vendor): Promise<string> {
  program = await startProgram(vendor ? { vendor } : {});
  return program.connect();
}

async function synced(connection: string): Promise<Map<string, Question>> {
  const run = await program.sync(connection);
  return new Map((await questionsOf(program.db, run.id)).map((q) => [q.key, q]));
}

async function coverage(connection: string): Promise<(change?: { delete: true }) => void> {
  const { patient_id } = await getConnection(program.db, connection);
  const at = { environment: 'production', type: 'Coverage', id: 'plan-1' } as const;
  const text = `{"resourceType":"Coverage","id":"plan-1","beneficiary":{"reference":"Patient/${patient_id}"},"patient":{"reference":"Patient/${patient_id}"},"cost":1.50}`;
  return (change) => program.simulator.control.edit({ ...at, ...(change ?? { text }) });
}

async function kept(): Promise<{ gone_at: string | null }[]> {
  return program.db
    .selectFrom('resource')
    .select('gone_at')
    .where('type', '=', 'Coverage')
    .where('fhir_id', '=', 'plan-1')
    .execute();
}

describe('what the server says that it has', () => {
  it('is asked for beyond the vendor’s own questions, where the scopes granted allow it', async () => {
    const connection = await connected(withCoverage);
    (await coverage(connection))();
    const run = await program.sync(connection);
    const { questions } = await readReceiptFor(program, run.id);
    expect(questions.find(({ key }) => key === 'coverages')).toMatchObject({
      outcome: 'full',
      // One is in the simulated record.
      new: 2,
      request: expect.stringMatching(/^Coverage\?patient=/),
      why: expect.stringContaining('the portal’s server says that it has them'),
    });
    expect(await kept()).toEqual([{ gone_at: null }]);
  });

  it('alone is enough for the whole record', async () => {
    const connection = await connected((vendor) => ({
      ...vendor,
      portal: {
        ...vendor.portal,
        questions: vendor.portal.questions.filter(({ type }) => type === 'Patient'),
        referenced: { ...vendor.portal.referenced, questions: [] },
      },
    }));
    const asked = await synced(connection);
    expect([...asked.values()].filter(({ outcome }) => outcome !== 'full')).toEqual([]);
    const rows = await program.db.selectFrom('resource').select(['type', 'fhir_id']).execute();
    const { patient_id } = await getConnection(program.db, connection);
    const { resources } = program.simulator.control.truth('production', patient_id ?? '');
    expect(rows.map((row) => `${row.type}/${row.fhir_id}`).sort()).toEqual(
      resources.map(({ type, id }) => `${type}/${id}`).sort(),
    );
  });

  it('is not asked for without a scope, and leaves no row', async () => {
    const connection = await connected();
    expect((await synced(connection)).has('coverages')).toBe(false);
  });

  it('is asked for without a token: it is public', async () => {
    const connection = await connected();
    await synced(connection);
    const asked = program.simulator.control
      .requests()
      .filter(({ path }) => path.endsWith('/metadata'));
    expect(asked).toHaveLength(1);
    expect(asked[0]?.authorization).toBeUndefined();
  });
});

describe('without what the server says of itself', () => {
  it('the vendor’s questions are asked as ever, and the receipt says what was left', async () => {
    const connection = await connected(withCoverage);
    program.simulator.control.setFaults(['metadata.html']);
    const run = await program.sync(connection);
    const { questions, asked, answeredInFull } = await readReceiptFor(program, run.id);
    expect(questions.filter(({ outcome }) => outcome !== 'full')).toMatchObject([
      { key: 'capabilities', outcome: 'failed', reason: { code: 'sync.capabilities_unread' } },
    ]);
    expect(answeredInFull).toBe(asked - 1);
  });

  it('it is asked for once more before that', async () => {
    const connection = await connected();
    program.simulator.control.setFaults([{ name: 'metadata.html', times: 2 }]);
    expect((await synced(connection)).has('capabilities')).toBe(false);
  });

  it('the vendor’s questions wait for it no longer than for one answer', async () => {
    let asked = 0;
    const silent = createServer(() => {
      asked += 1;
    });
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as AddressInfo;
    program = await startProgram({
      vendor: (vendor) => ({
        ...vendor,
        portal: { ...vendor.portal, requests: { ...vendor.portal.requests, timeoutMs: 1_000 } },
      }),
      outbound: (url, init) =>
        outbound(url.includes('/metadata') ? `http://127.0.0.1:${port}` : url, init),
    });
    const all = await synced(await program.connect());
    silent.closeAllConnections();
    silent.close();
    expect(asked).toBe(1);
    expect(all.get('capabilities')).toMatchObject({ outcome: 'failed' });
    expect(all.get('observations')).toMatchObject({ outcome: 'full' });
  });

  it('what only it had brought is not taken for gone', async () => {
    const connection = await connected(withCoverage);
    const edit = await coverage(connection);
    edit();
    await synced(connection);
    edit({ delete: true });
    program.simulator.control.setFaults(['metadata.html']);
    await synced(connection);
    expect(await kept()).toEqual([{ gone_at: null }]);
    program.simulator.control.setFaults([]);
    await synced(connection);
    expect(await kept()).toEqual([{ gone_at: expect.any(String) }]);
  });

  it('a clinic that has withdrawn its permission is told from that all the same', async () => {
    const connection = await connected();
    program.simulator.control.setFaults(['metadata.html', 'access.revoked']);
    await synced(connection);
    expect((await getConnection(program.db, connection)).status_code).toBe('connection.withdrawn');
  });
});

it('a permission that was not given hides no withdrawal of all the others', async () => {
  program = await startProgram();
  program.simulator.control.setFaults([
    { name: 'scope.narrowed', scopes: ['patient/Immunization.read'] },
  ]);
  const connection = await program.connect();
  program.simulator.control.setFaults(['access.revoked']);
  expect((await synced(connection)).get('immunizations')).toMatchObject({
    outcome: 'refused',
    code: 'fhir.scope_missing',
  });
  expect((await getConnection(program.db, connection)).status_code).toBe('connection.withdrawn');
});

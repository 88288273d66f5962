// Proves the audit chain: every line changed, cut or added is found, and where; what is read is gathered, never lost.

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../platform/db/db.ts';
import { silentLog } from '../platform/log.ts';
import { type AuditEvent, createAudit } from './audit.ts';
import { testStore } from './test-store.ts';

const key = new Uint8Array(32).fill(7);
const read = (more: Partial<AuditEvent> = {}): AuditEvent => ({
  door: 'app',
  accountId: 'nora',
  act: 'record.read',
  personId: 'ada',
  origin: 'Firefox, Linux, 192.0.2.1',
  detail: { kinds: { result: 2 } },
  ...more,
});

let store: Store;
let audit: ReturnType<typeof createAudit>;
beforeEach(async () => {
  const made = await testStore();
  store = made.store;
  audit = createAudit({ db: store.db, clock: made.clock, key, log: silentLog });
});
afterEach(async () => {
  await audit.stop();
  await store.close();
});

const act = (n: number) => audit.act(read({ act: 'record.export', detail: { what: `${n}` } }));
const change = (text: string) => sql.raw(text).execute(store.db);
const faults = async () => (await audit.verify()).faults;

describe('the chain', () => {
  it('that nobody touched has no fault', async () => {
    expect(await audit.verify()).toEqual({ lines: 0, faults: [] });
    for (let n = 0; n < 5; n += 1) await act(n);
    expect(await audit.verify()).toEqual({ lines: 5, faults: [] });
  });

  it.each(['at', 'door', 'account_id', 'act', 'person_id', 'origin', 'detail', 'mac'])(
    'shows the line whose %s was changed',
    async (column) => {
      for (let n = 0; n < 5; n += 1) await act(n);
      await change(`update audit_line set ${column} = ${column} || 'x' where seq = 3`);
      expect((await faults())[0]).toEqual({ seq: 3, what: 'changed' });
    },
  );

  it('shows where a line was taken out', async () => {
    for (let n = 0; n < 5; n += 1) await act(n);
    await change('delete from audit_line where seq = 3');
    expect(await faults()).toEqual([{ seq: 3, what: 'missing' }]);
  });

  it('shows that its end was cut off', async () => {
    for (let n = 0; n < 5; n += 1) await act(n);
    await change('delete from audit_line where seq > 3');
    expect(await faults()).toEqual([{ seq: 4, what: 'cut-off' }]);
  });

  it('shows that its end was cut off, the head put back by hand', async () => {
    for (let n = 0; n < 5; n += 1) await act(n);
    await change('delete from audit_line where seq > 3');
    await change('update audit_head set seq = 3, mac = (select mac from audit_line where seq = 3)');
    expect(await faults()).toEqual([{ seq: 3, what: 'changed' }]);
  });

  it('shows a line that was added at its end', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change(
      `insert into audit_line select seq + 1, at, door, account_id, act, person_id, origin, detail, mac from audit_line where seq = 3`,
    );
    expect(await faults()).toEqual([
      { seq: 4, what: 'changed' },
      { seq: 4, what: 'added' },
    ]);
  });

  it('shows that it was taken away whole', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change('delete from audit_line');
    expect(await faults()).toEqual([{ seq: 1, what: 'cut-off' }]);
  });

  it('shows that it was taken away whole, its head with it', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change('delete from audit_line');
    await change('delete from audit_head');
    expect(await faults()).toEqual([{ seq: 1, what: 'cut-off' }]);
  });

  it('shows that it was taken away whole, for good, whatever is written after', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change('delete from audit_line');
    await change('delete from audit_head');
    for (let n = 0; n < 3; n += 1) await act(n);
    expect(await faults()).toEqual([{ seq: 1, what: 'missing' }]);
  });

  it('shows that it was taken away whole and its head put back to the beginning by hand', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change('delete from audit_line');
    await change(`update audit_head set seq = 0, mac = '', head_mac = ''`);
    expect(await faults()).toEqual([{ seq: 1, what: 'cut-off' }]);
  });

  it('shows that its head was taken away', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change('delete from audit_head');
    expect(await faults()).toEqual([{ seq: 4, what: 'cut-off' }]);
  });

  it.each([0, -1])('shows a line that was put in before the first, as number %i', async (seq) => {
    for (let n = 0; n < 3; n += 1) await act(n);
    await change(
      `insert into audit_line select ${seq}, at, door, account_id, act, person_id, origin, detail, mac from audit_line where seq = 3`,
    );
    expect(await faults()).toEqual([{ seq, what: 'added' }]);
  });

  it('is found unbroken while others write to it', async () => {
    for (let n = 0; n < 5; n += 1) await act(n);
    for (let n = 0; n < 20; n += 1) {
      const [found] = await Promise.all([audit.verify(), act(n), act(n)]);
      expect(found.faults).toEqual([]);
    }
  });

  it('shows that two lines were exchanged', async () => {
    for (let n = 0; n < 5; n += 1) await act(n);
    await change(
      `update audit_line set detail = case seq when 2 then '{"what":"2"}' else '{"what":"1"}' end where seq in (2, 3)`,
    );
    expect(await faults()).toEqual([
      { seq: 2, what: 'changed' },
      { seq: 3, what: 'changed' },
    ]);
  });

  it('rolled back as a whole is found by a state kept elsewhere', async () => {
    for (let n = 0; n < 3; n += 1) await act(n);
    const kept = await audit.state();
    const table = (name: string) => change(`create table ${name}_old as select * from ${name}`);
    await table('audit_line');
    await table('audit_head');
    for (let n = 3; n < 5; n += 1) await act(n);
    const later = await audit.state();
    for (const name of ['audit_line', 'audit_head'])
      await change(`delete from ${name}`).then(() =>
        change(`insert into ${name} select * from ${name}_old`),
      );
    expect((await audit.verify([kept])).faults).toEqual([]);
    expect((await audit.verify([kept, later])).faults).toEqual([{ seq: 4, what: 'cut-off' }]);
    await act(9);
    await act(9);
    expect((await audit.verify([later])).faults).toEqual([{ seq: 5, what: 'other-history' }]);
  });

  it('is unbroken however many write to it at once', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => act(n)));
    expect(await audit.verify()).toEqual({ lines: 30, faults: [] });
  });
});

describe('what is read', () => {
  it('is gathered: alike ones are one line with their sum', async () => {
    audit.read(read());
    audit.read(read({ detail: { kinds: { result: 3, visit: 1 } } }));
    audit.read(read({ personId: 'bo' }));
    await audit.flush();
    const lines = await audit.lines({ all: true, limit: 9 });
    expect(lines.map((line) => [line.seq, line.personId, line.detail])).toEqual([
      [2, 'bo', { kinds: { result: 2 } }],
      [1, 'ada', { kinds: { result: 5, visit: 1 } }],
    ]);
  });

  it('is written by itself', async () => {
    audit.read(read());
    await expect
      .poll(() => audit.lines({ all: true, limit: 1 }), { timeout: 3_000 })
      .toHaveLength(1);
  });

  it('that could not be written is kept and written with the next', async () => {
    await change('alter table audit_line rename to away');
    audit.read(read());
    await audit.flush();
    await change('alter table away rename to audit_line');
    await audit.flush();
    expect(await audit.lines({ all: true, limit: 9 })).toHaveLength(1);
  });
});

describe('who may see lines', () => {
  it('sees those on the records named and their own, page by page', async () => {
    await audit.act(read({ personId: 'ada', accountId: 'bo' }));
    await audit.act(read({ personId: 'eve', accountId: 'bo' }));
    await audit.act(read({ personId: 'eve', accountId: 'nora' }));
    const query = { personIds: ['ada'], accountId: 'nora', limit: 1 };
    const [first] = await audit.lines(query);
    expect(first?.seq).toBe(3);
    expect(await audit.lines({ ...query, before: 3 })).toMatchObject([{ seq: 1 }]);
    expect(await audit.lines({ personIds: [], accountId: null, limit: 9 })).toEqual([]);
  });
});

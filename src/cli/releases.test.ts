// Proves that a store of every release that was ever out is brought to the present form, with its rows, and ends with the
// same tables as a new one. A migration that adds a table or column and leaves an old store without it fails here.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../e2e/support/program.ts';
import type { Store } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { openRaw } from '../platform/db/sqlite/raw.ts';
import { textsOf } from '../records/texts.ts';

const RELEASES = resolve(import.meta.dirname, '../platform/db/releases');
const names = readdirSync(RELEASES).map((name) => name.replace('.sql', ''));
const keyHex = 'a3'.repeat(32);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-release-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Tables with their columns, indexes and triggers, as the database knows them; the order of columns does not count. */
async function schemaOf(store: Store): Promise<unknown> {
  const columns = sql`select m.name as "table", c.name, lower(c.type) as type, c."notnull", c.dflt_value, c.pk, c.hidden
    from sqlite_master m join pragma_table_xinfo(m.name) c where m.type = 'table' order by m.name, c.name`;
  const indexes = sql`select m.name as "table", i.name as "index", i."unique", i.partial, group_concat(x.name) as columns
    from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) x
    where m.type = 'table' group by m.name, i.name order by m.name, i.name`;
  const references = sql`select m.name as "from_table", f."from", f."table", f."to", f.on_delete
    from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table' order by 1, 2`;
  const others = sql`select type, name, sql from sqlite_master where type in ('trigger', 'view') order by name`;
  const all = [columns, indexes, references, others].map((query) => query.execute(store.db));
  return (await Promise.all(all)).map(({ rows }) => rows);
}

describe('a store of a release', () => {
  it('is there for each', () => {
    expect(names).toContain('2026-11-21');
    expect(names.length).toBeGreaterThan(1);
  });

  it.each(names)('%s is brought to the present form, with all its rows', async (name) => {
    const file = join(dir, 'old.sqlite');
    const raw = openRaw(file, keyHex);
    raw.exec(readFileSync(join(RELEASES, `${name}.sql`), 'utf8'));
    raw.close();
    const old = await openStore({ file, keyHex, migrations });
    const fresh = await openStore({ file: join(dir, 'new.sqlite'), keyHex, migrations });
    expect(await schemaOf(old)).toEqual(await schemaOf(fresh));
    expect(await old.integrity()).toEqual([]);
    const { db } = old;
    expect(await db.selectFrom('person').select('name').execute()).toEqual([{ name: 'Ada' }]);
    expect(
      await db.selectFrom('connection').select(['id', 'person_id', 'status']).execute(),
    ).toEqual([{ id: 'c1', person_id: 'p1', status: 'ready' }]);
    const { seq } = await db.selectFrom('body').select('seq').executeTakeFirstOrThrow();
    expect((await textsOf(db, [seq])).get(seq)).toContain('Observation');
    await old.close();
    await fresh.close();
  });
});

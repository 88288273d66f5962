// Proves that a record is written out as it came.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../platform/db/db.ts';
import { openStore } from '../../platform/db/sqlite/open.ts';
import { prepare } from '../../records/body.ts';
import { commitImport } from '../../records/commit.ts';
import { recordsMigrations } from '../../records/migrations.ts';
import { createSource } from '../../records/sources.ts';
import type { Incoming } from '../../records/types.ts';
import { exportNdjson, exportRaw } from './export.ts';

let store: Store;
beforeEach(async () => {
  const keyHex = '3a'.repeat(32);
  store = await openStore({ file: ':memory:', keyHex, migrations: recordsMigrations });
});
afterEach(() => store.close());

async function keep(resources: Incoming[], id = 's'): Promise<void> {
  await createSource(store.db, { id, kind: 'portal', label: id, sample: false, now: 0 });
  await commitImport(store.db, {
    importId: 'i',
    source: id,
    packs: await prepare(resources),
    volatilePaths: [],
    now: 0,
  });
}

const odd = '{ "resourceType":"Observation",\n "v":565.60, "v":1E2, "w":"\\u00e9  é" }';
const shared = { type: 'Practitioner', id: 'd' };
const resources: Incoming[] = [
  { type: 'Observation', id: 'x', raw: '{"old":1}', person: 'p' },
  { type: 'Observation', id: 'x', raw: odd, person: 'p', readsShared: [shared] },
  { ...shared, raw: '{"shared":1}', person: null },
  { type: 'Practitioner', id: 'unread', raw: '{}', person: null },
  { type: 'Observation', id: 'other', raw: '{}', person: 'q' },
];

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('exportNdjson', () => {
  it('gives the tokens of each current resource as they came, shared ones included, one a line', async () => {
    await keep(resources);
    expect(await collect(exportNdjson(store.db, ['p']))).toEqual([
      '{"resourceType":"Observation","v":565.60,"v":1E2,"w":"\\u00e9  é"}\n',
      '{"shared":1}\n',
    ]);
  });
});

describe('without a person', () => {
  it('everything is given, each once, what nobody refers to as well', async () => {
    await keep(resources);
    expect((await collect(exportNdjson(store.db, null))).length).toBe(4);
    const paths = (await collect(exportRaw(store.db, null, true))).map(({ path }) => path);
    expect(paths.sort()).toEqual([
      'p/Observation/x.json',
      'q/Observation/other.json',
      'shared/Practitioner/d.json',
      'shared/Practitioner/unread.json',
    ]);
  });
});

describe('exportRaw', () => {
  it('gives each current resource unchanged, a file each', async () => {
    await keep(resources);
    expect(await collect(exportRaw(store.db, ['p']))).toEqual([
      { path: 'Observation/x.json', content: odd },
      { path: 'Practitioner/d.json', content: '{"shared":1}' },
    ]);
  });

  it('puts the files of a record beside it, those that come inside as well', async () => {
    const contents = [
      { attachment: { contentType: 'text/html', data: 'PGI+' } },
      { attachment: { contentType: 'application/pdf', url: 'Binary/1' } },
      { attachment: {} },
    ];
    const raw = JSON.stringify({ resourceType: 'DocumentReference', content: contents });
    await keep([{ type: 'DocumentReference', id: 'd', raw, person: 'p' }]);
    const { db } = store;
    const kept = { id: 'c', bytes: 3, is_whole: 1 };
    await db.insertInto('attachment_content').values(kept).execute();
    const chunk = { content_id: 'c', n: 0, bytes: Buffer.from('pdf') };
    await db.insertInto('attachment_chunk').values(chunk).execute();
    const as = { state: 'kept', content_id: 'c', bytes: 3 } as const;
    await db.updateTable('attachment').set(as).where('n', '=', 1).execute();
    const found: Record<string, string> = {};
    for await (const { path, content } of exportRaw(db, ['p']))
      found[path] =
        typeof content === 'string' ? content : Buffer.concat(await collect(content)).toString();
    expect(found).toEqual({
      'DocumentReference/d.json': raw,
      'DocumentReference/d.0.html': '<b>',
      'DocumentReference/d.1.pdf': 'pdf',
    });
  });

  it('names no two files alike, and none that leaves its folder, hides or is a device', async () => {
    const ids = ['a', 'A', '../../etc/passwd', '.hidden', 'con', 'a b/é', '', 'x'.repeat(300)];
    const one = (id: string): Incoming => ({ type: 'Observation', id, raw: '{}', person: 'p' });
    await keep(ids.map(one));
    await keep([one('a')], 's2');
    const paths = (await collect(exportRaw(store.db, ['p']))).map(({ path }) => path);
    expect(new Set(paths.map((path) => path.toLowerCase())).size).toBe(ids.length + 1);
    for (const path of paths) {
      expect(path).toMatch(/^Observation\/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,130}\.json$/);
      expect(path).not.toMatch(/\/con\.|\.\./);
    }
  });
});

// Proves the keeping of people, on a real store.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../platform/db/db.ts';
import { openStore } from '../platform/db/sqlite/open.ts';
import { createPerson, getPerson, listPeople, removePerson } from './people.ts';
import { accessMigrations } from './migrations.ts';

let store: Store;
beforeEach(async () => {
  const keyHex = '11'.repeat(32);
  store = await openStore({ file: ':memory:', keyHex, migrations: accessMigrations });
});
afterEach(() => store.close());

describe('people', () => {
  it('are listed in the order in which they were added, as they were given', async () => {
    const ada = await createPerson(store.db, {
      name: 'Ada',
      birthDate: '1985-03',
      by: null,
      now: 2,
    });
    const bo = await createPerson(store.db, {
      id: 'bo',
      name: 'Bo',
      sample: true,
      by: null,
      now: 1,
    });
    expect(ada).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      name: 'Ada',
      birthDate: '1985-03',
      sample: false,
      createdAt: '1970-01-01T00:00:00.002Z',
    });
    expect(await listPeople(store.db)).toEqual([bo, ada]);
    expect(await getPerson(store.db, 'bo')).toMatchObject({ sample: true, birthDate: null });
  });

  it.each([
    ['', null],
    [' \t ', null],
    ['Ada', '2026-99-99'],
    ['Ada', '2026-02-30'],
    ['Ada', '2026-02-03T10:00:00Z'],
    ['Ada', 'soon'],
  ])('are not added with the name “%s” and the birth date %s', async (name, birthDate) => {
    const adding = createPerson(store.db, { name, birthDate, by: null, now: 1 });
    await expect(adding).rejects.toMatchObject({ code: 'http.invalid_request' });
    expect(await listPeople(store.db)).toEqual([]);
  });

  it('are added with their name as it is read', async () => {
    const bo = await createPerson(store.db, { name: '  Bo  ', birthDate: null, by: null, now: 1 });
    expect(bo.name).toBe('Bo');
  });

  it('are not added where nobody could be given their record', async () => {
    const adding = createPerson(store.db, { name: 'Ada', by: 'no such account', now: 1 });
    await expect(adding).rejects.toThrow();
    expect(await listPeople(store.db)).toEqual([]);
  });

  it('can be removed', async () => {
    const { id } = await createPerson(store.db, { name: 'Ada', by: null, now: 1 });
    await removePerson(store.db, id);
    expect(await listPeople(store.db)).toEqual([]);
  });

  it('who are not there are said not to be', async () => {
    const missing = { code: 'person.not_found' };
    await expect(getPerson(store.db, 'x')).rejects.toMatchObject(missing);
    await expect(removePerson(store.db, 'x')).rejects.toMatchObject(missing);
  });
});

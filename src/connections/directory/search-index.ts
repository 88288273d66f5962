// Owns the index in the thread: made over the lists that count, made anew where one of them has changed.

import type { Db } from '../../platform/db/db.ts';
import { newId } from '../../platform/ids.ts';
import type { Found } from './clinic-index.ts';
import { type ClinicList, clinicOfRow, clinicsOfList } from './lists.ts';
import { directoryThread } from './thread.ts';

export type SearchIndex = {
  /** Finds rows of these lists. */
  search(lists: readonly ClinicList[], typed: string, limit: number): Promise<Found>;
  close(): Promise<void>;
};

export function createSearchIndex(db: Db): SearchIndex {
  let current: { readonly stamp: string; readonly made: Promise<string> } | null = null;

  /** The name in the thread of an index over these lists. */
  function over(lists: readonly ClinicList[]): Promise<string> {
    // A list that was dropped may leave its number to another.
    const stamp = lists.map(({ id, edition, read_at }) => `${id}.${edition}.${read_at}`).join(' ');
    if (current?.stamp === stamp) return current.made;
    const before = current?.made;
    const made = make(lists).finally(() => drop(before));
    current = { stamp, made };
    made.catch(() => {
      if (current?.made === made) current = null;
    });
    return made;
  }

  async function make(lists: readonly ClinicList[]): Promise<string> {
    const index = newId();
    for (const list of lists)
      for await (const rows of clinicsOfList(db, list)) {
        const clinics = rows.map((row) => ({ ...clinicOfRow(row), row: row.id }));
        await directoryThread.run('index', { index, clinics });
      }
    return index;
  }

  return {
    async search(lists, typed, limit) {
      return directoryThread.run('search', { index: await over(lists), typed, limit });
    },
    close: () => drop(current?.made),
  };
}

async function drop(made: Promise<string> | undefined): Promise<void> {
  const name = await made?.catch(() => undefined);
  if (name) await directoryThread.run('drop', name);
}

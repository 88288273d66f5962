// Owns the index in the thread: made over the lists that count, made anew where one of them has changed.

import type { Db } from '../../platform/db/db.ts';
import { newId } from '../../platform/ids.ts';
import type { Found } from './clinic-index.ts';
import { type ClinicList, clinicOfRow, type ClinicRow, clinicsOfList } from './lists.ts';
import { directoryThread } from './thread.ts';

/** A list, and the FHIR bases whose clinics are looked for in it; null: all of them. */
export type SearchedList = Pick<ClinicList, 'id' | 'edition'> & {
  readonly at: readonly string[] | null;
};

export type SearchIndex = {
  /** Finds rows of these lists. */
  search(lists: readonly SearchedList[], typed: string, limit: number): Promise<Found>;
  close(): Promise<void>;
};

export function createSearchIndex(db: Db): SearchIndex {
  let current: { readonly stamp: string; readonly made: Promise<string> } | null = null;

  /** The name in the thread of an index over these lists. */
  function over(lists: readonly SearchedList[]): Promise<string> {
    const stamp = JSON.stringify(lists.map(({ id, edition, at }) => [id, edition, at]));
    if (current?.stamp === stamp) return current.made;
    const before = current?.made;
    const made = make(lists).finally(() => drop(before));
    current = { stamp, made };
    made.catch(() => {
      if (current?.made === made) current = null;
    });
    return made;
  }

  async function make(lists: readonly SearchedList[]): Promise<string> {
    const index = newId();
    for (const list of lists)
      for await (const rows of clinicsOfList(db, list)) {
        const clinics = rows
          .filter((row) => isAmong(row, list.at))
          .map((row) => ({ ...clinicOfRow(row), row: row.id }));
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

/** Whether a clinic lies at one of these FHIR bases; one that its list gives no address lies at its portal's. */
export function isAmong(
  { fhir_base_url: base }: Pick<ClinicRow, 'fhir_base_url'>,
  bases: readonly string[] | null,
): boolean {
  return base === null || bases === null || bases.includes(base);
}

async function drop(made: Promise<string> | undefined): Promise<void> {
  const name = await made?.catch(() => undefined);
  if (name) await directoryThread.run('drop', name);
}

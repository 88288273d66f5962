// Owns reading exact texts from the store, by the numbers of their versions. A pack holds those of versions whose
// numbers follow one another. It writes nothing.

import { among } from '../platform/db/bulk.ts';
import type { Db } from '../platform/db/db.ts';
import { unpackTexts } from './body.ts';
import type { Packed } from './types.ts';

const numbersPerStatement = 200;

/** Texts by the numbers of their versions. */
export type Texts = { get(seq: number): string | undefined };

/** The texts of versions `seq` to `seq + count - 1`. */
export type Pack = Packed & { readonly seq: number };

/** The packs that hold the texts of some versions; what is not there is in none. */
export async function packsOf(db: Db, seqs: readonly number[]): Promise<Pack[]> {
  const packs = new Map<number, Pack>();
  for (let at = 0; at < seqs.length; at += numbersPerStatement) {
    const some = seqs.slice(at, at + numbersPerStatement);
    const rows = await db
      .selectFrom('body')
      .selectAll()
      .where('seq', 'in', (eb) =>
        eb
          .selectFrom('resource_version as v')
          .select((of) =>
            of
              .selectFrom('body as b')
              .select((to) => to.fn.max('b.seq').as('seq'))
              .whereRef('b.seq', '<=', 'v.seq')
              .as('seq'),
          )
          .where('v.seq', 'in', among(some)),
      )
      .execute();
    for (const row of rows) packs.set(row.seq, row);
  }
  return [...packs.values()];
}

/** The exact texts of some versions by their numbers, unpacked when they are asked for. Pure. */
export function textsIn(packs: readonly Pack[]): Texts {
  const sorted = packs.toSorted((a, b) => a.seq - b.seq);
  const unpacked = new Map<Pack, Buffer[]>();
  return {
    get(seq) {
      const pack = sorted.findLast((one) => one.seq <= seq);
      if (!pack || seq >= pack.seq + pack.count) return undefined;
      const texts = unpacked.get(pack) ?? unpackTexts(pack);
      unpacked.set(pack, texts);
      return texts[seq - pack.seq]?.toString('utf8');
    },
  };
}

/** The exact texts of some versions, by their numbers. */
export async function textsOf(db: Db, seqs: readonly number[]): Promise<Texts> {
  return textsIn(await packsOf(db, seqs));
}

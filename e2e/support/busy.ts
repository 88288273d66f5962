// Owns what a busy process and the test that kills it both know: the acts it says, and what the pages hold that it stores.

import { randomBytes } from 'node:crypto';
import { observation } from '../../src/records/contract-aids.ts';
import type { Incoming } from '../../src/records/types.ts';

/** Of the data directory; the backups lie in it. */
export const ROOT = new Uint8Array(32).fill(1);
export const OLD_KEY = 'a3'.repeat(32);

/** What a process is set to do. Whatever else it does, it stores pages and gives rights all the while. */
export const tasks = ['open', 'write', 'backup', 'upgrade'] as const;
export type Task = (typeof tasks)[number];

export type ActName = 'open' | 'commit' | 'access' | 'backup' | 'upgrade';
/** What an act leaves that must be there from then on. */
export type Left = {
  /** The number of a page that is stored. */
  readonly page?: number;
  readonly account?: string;
  readonly right?: string;
  /** What a line of the audit names. */
  readonly told?: string;
  /** A backup that was made and proven. */
  readonly backup?: string;
  /** A store that was brought to the present form. */
  readonly upgraded?: string;
};
/** A line on standard output: an act that begins, or one that has returned. */
export type Said = { readonly begins: ActName } | { readonly done: ActName; readonly left: Left };

/** More than one transaction holds, so that a page can be cut off in the middle. */
const PAGE = 230;
const CHANGED = 25;

/** A page of the one question, always the same: some records are new, some new versions of those of the page before. */
export function pageOf(page: number): Incoming[] {
  const text = (n: number) => `${page}/${n} `.repeat(n % 60);
  const fresh = Array.from({ length: PAGE }, (_, n) => observation(`p${page}-${n}`, text(n)));
  const changed = Array.from({ length: page === 1 ? 0 : CHANGED }, (_, n) =>
    observation(`p${page - 1}-${n}`, `changed by page ${page}`),
  );
  return [...changed, ...fresh];
}

/** Texts that can't be packed, so that a backup has something to write. */
export function ballast(): Incoming[] {
  return Array.from({ length: 600 }, (_, n) =>
    observation(`${BALLAST}${n}`, randomBytes(3_000).toString('base64')),
  );
}
export const BALLAST = 'ballast-';

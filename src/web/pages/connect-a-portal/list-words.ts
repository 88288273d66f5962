// Owns the words about lists of clinics: how large, how far, how old. Pure.

import { longDate } from '../../parts/dates.ts';
import { listed } from '../../parts/words.ts';

const DAY_MS = 86_400_000;
/** After this, who opened or changed their portal since is missed. */
const OLD_DAYS = 90;

/** `20 MB`, `1.4 MB`, `less than 0.1 MB`. */
export function megabytes(bytes: number): string {
  const size = bytes / 1_000_000;
  if (size < 0.1) return 'less than 0.1 MB';
  return `${size < 10 ? size.toFixed(1).replace(/\.0$/, '') : Math.round(size)} MB`;
}

/** What fetching the lists means, before anybody says so. */
export function offerWords(lists: readonly { vendor: string; bytes: number | null }[]): string {
  const vendors = listed(lists.map(({ vendor }) => vendor));
  const bytes = lists.reduce((sum, list) => sum + (list.bytes ?? 0), 0);
  const size = bytes > 0 ? `, about ${megabytes(bytes)} together` : '';
  return lists.length === 1
    ? `To find your clinic by its name, Chartfold needs the list that ${vendors} publishes. It is kept here, and asked for again about once a week; what you search for stays here.`
    : `To find your clinic by its name, Chartfold needs the lists that ${vendors} publish${size}. They are kept here, and asked for again about once a week; what you search for stays here.`;
}

/** `4.5 of about 20 MB`. */
export function progressWords(come: number, whole: number | null): string {
  if (whole === null) return `${megabytes(come)} so far`;
  // The size is what it was, or an estimate.
  return come < whole
    ? `${megabytes(come)} of about ${megabytes(whole)}`
    : `${megabytes(come)}, reading it`;
}

/** Said of an old list: why that matters. */
export function ageWords(checkedAt: string | null, now: Date): string {
  if (checkedAt === null) return '';
  const days = (now.getTime() - new Date(checkedAt).getTime()) / DAY_MS;
  return days < OLD_DAYS ? '.' : ', which is old: clinics that came since are missing.';
}

/** When the last try failed, and why; empty where it did not. */
export function troubleWords(list: { triedAt: string | null; trouble: string | null }): string {
  const { triedAt, trouble } = list;
  if (trouble === null) return '';
  return triedAt === null
    ? trouble
    : `The last try, on ${longDate(triedAt.slice(0, 10))}, failed. ${trouble}`;
}

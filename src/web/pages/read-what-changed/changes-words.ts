// Owns the words of what changed: the sum in one sentence, since when, and the name of each group.

import { apart } from '../../../fhir/text/shown.ts';
import { kindNames } from '../../../fhir/kinds.ts';
import type { ChangeRow, Changes, ChangeTally } from '../../../http/contract.ts';
import { dayOf, longDate, moment, nearMoment } from '../../parts/dates.ts';
import { counted, figures, listed } from '../../parts/words.ts';

/** `12 new, 3 changed, 1 no longer reported`; null where nothing is. */
export function tallyWords(t: ChangeTally): string | null {
  const parts = [
    t.new > 0 && `${figures(t.new)} new`,
    t.changed > 0 && `${figures(t.changed)} changed`,
    t.gone > 0 && `${figures(t.gone)} no longer reported`,
    t.back > 0 && `${figures(t.back)} reported again`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : null;
}

/** `8 results, 2 documents and 1 medication`; null where there are none. */
export function kindsWords(kinds: Changes['kinds']): string | null {
  const parts = kinds.map((k) => {
    const [one, more] = kindNames[k.kind];
    return counted(k.new + k.changed + k.gone + k.back, one, more);
  });
  return parts.length > 0 ? listed(parts) : null;
}

/** `since you last looked on Sun, Nov 8 at 6:02 AM`. */
export function sinceWords({ by, at }: Changes['since']): string {
  if (by === 'visit')
    return at === null
      ? 'since you looked for the first time'
      : `since you last looked on ${moment(at)}`;
  if (by === 'sync')
    return at === null ? 'as nothing was synced yet' : 'with the last sync of each connection';
  return at === null ? 'with this sync so far' : `with the sync of ${moment(at)}`;
}

/** The sentence over the list: what is strong, and the rest. */
export function ledeWords(c: Changes): { strong: string; rest: string } {
  const tally = tallyWords(c.sum);
  if (tally === null) return { strong: nothingWords(c), rest: ` ${sinceWords(c.since)}.` };
  const kinds = kindsWords(c.kinds);
  return { strong: tally, rest: ` ${sinceWords(c.since)}${kinds ? `: ${kinds}` : ''}.` };
}

/** For the head of the timeline, in few words. */
export function shortWords(c: Changes): string {
  const tally = tallyWords(c.sum);
  const { at } = c.since;
  if (at === null) return 'What changed';
  return `${tally ?? 'Nothing changed'} since ${nearMoment(at)}`;
}

/** `First received from Harbor Family Medicine on November 21, 2026: 412 records.` */
export function firstWords(first: Changes['first'][number]): string {
  const when = longDate(dayOf(first.at));
  return `First received from ${apart(first.source.name)} on ${when}: ${counted(first.records, 'record')}.`;
}

/** What has no place in the chart, in a sentence; null where nothing of it changed. */
export function backgroundWords(t: ChangeTally): string | null {
  const tally = tallyWords(t);
  return tally === null
    ? null
    : `Beside these, of the people and places around the record: ${tally}.`;
}

/** The name of a group of rows. */
export const groupWords: { readonly [change in ChangeRow['change']]: string } = {
  changed: 'Changed',
  gone: 'No longer reported',
  back: 'Reported again',
  new: 'New',
};

/** New ones that have no row of their own; null where each has one. */
export function withinWords(records: number): string | null {
  if (records <= 0) return null;
  return `${counted(records, 'result')} more, told with the ${records === 1 ? 'report' : 'reports'} above.`;
}

function nothingWords(c: Changes): string {
  return c.first.length > 0 ? 'Received for the first time' : 'Nothing changed';
}

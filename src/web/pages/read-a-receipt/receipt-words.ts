// Owns the words of a receipt: the sentences that add up, who can mend what, and the letter to a
// clinic. Every figure of the sentences is one of the account's totals.

import { apart } from '../../../fhir/text/shown.ts';
import type { Receipt, ReceiptQuestion } from '../../../http/contract.ts';
import { longDate } from '../../parts/dates.ts';
import { counted, figures, inWords, listed, possessive } from '../../parts/words.ts';

/** A run of a sentence; what matters is strong. */
type Run = { text: string; strong?: true };

/** The letter: how many questions, how they were answered, what came, and what of it was new. */
export function receiptSentences(r: Receipt): Run[] {
  return [...asked(r), ...came(r), ...aside(r), ...gone(r)];
}

function asked(r: Receipt): Run[] {
  const open = r.asked - r.answeredInFull - r.inPart - r.refused - r.failed;
  const start: Run[] = [
    { text: 'We asked ' },
    { text: counted(r.asked, 'question'), strong: true },
    { text: ` about ${possessive(apart(r.personName))} record. ` },
  ];
  if (r.answeredInFull === r.asked && r.asked > 0) {
    const all = r.asked === 1 ? 'It was answered in full' : `All ${r.asked} were answered in full`;
    const end = r.complete ? ': this sync is complete. ' : `${narrowed(r)}. `;
    return [...start, { text: all, strong: true }, { text: end }];
  }
  const rest = [
    r.inPart > 0 && `${inWords(r.inPart)} in part`,
    r.refused > 0 && `${inWords(r.refused)} ${r.refused === 1 ? 'was' : 'were'} refused`,
    r.failed > 0 && `${inWords(r.failed)} failed`,
    open > 0 && `${inWords(open)} ${open === 1 ? 'is' : 'are'} still to be asked`,
  ].filter((s) => s !== false);
  const full =
    r.answeredInFull === 0
      ? 'None was answered in full'
      : `${figures(r.answeredInFull)} ${r.answeredInFull === 1 ? 'was' : 'were'} answered in full`;
  return [
    ...start,
    { text: full, strong: true },
    { text: `${narrowed(r)}${rest.length > 0 ? `; ${listed(rest)}` : ''}. ` },
  ];
}

/** How many were answered in full and yet could not bring everything: what a row says beside its name. */
function narrowed(r: Receipt): string {
  if (r.narrowed === 0) return '';
  const which = r.answeredInFull === 1 ? '' : `${inWords(r.narrowed)} of them `;
  return `, ${which}asking for less than everything`;
}

function came(r: Receipt): Run[] {
  if (r.received === 0) return [{ text: 'No records came back.' }];
  const start = `In all, ${counted(r.received, 'record')} came back on ${counted(r.pages, 'page')}: `;
  const fresh = [
    r.new > 0 && `${figures(r.new)} new`,
    r.changed > 0 && `${figures(r.changed)} changed`,
  ].filter((s) => s !== false);
  const other = [
    r.unchanged > 0 && `${figures(r.unchanged)} as ${r.unchanged === 1 ? 'it was' : 'they were'}`,
  ].filter((s) => s !== false);
  if (fresh.length === 0)
    return [
      { text: `${start}${listed(other)}, ` },
      { text: 'nothing new', strong: true },
      { text: '.' },
    ];
  const strong: Run = { text: fresh.join(', '), strong: true };
  if (other.length === 0) return [{ text: start }, strong, { text: '.' }];
  return [{ text: start }, strong, { text: `, and ${listed(other)}.` }];
}

/** What came and was not stored is part of no total above. */
function aside(r: Receipt): Run[] {
  if (r.setAside === 0) return [];
  const were = `${figures(r.setAside)} ${r.setAside === 1 ? 'was' : 'were'} set aside`;
  return [{ text: ` ${were}, not stored; the account says why.` }];
}

/** What was there before and the portal did not report this time, though it answered in full. */
function gone(r: Receipt): Run[] {
  if (r.gone === 0) return [];
  const words =
    r.gone === 1
      ? 'One record that was here before is no longer reported'
      : `${figures(r.gone)} records that were here before are no longer reported`;
  return [{ text: ' ' }, { text: words, strong: true }, { text: '; nothing of them is lost.' }];
}

/**
 * Why entries of a question were set aside: the kinds and how many of each, and for each reason a sentence, where that is
 * not the reason of the whole question.
 */
export function setAsideWords(q: Pick<ReceiptQuestion, 'setAsideWhy' | 'reason'>): string[] {
  return [...Map.groupBy(q.setAsideWhy, ({ sentence }) => sentence)].map(([sentence, entries]) => {
    const kinds = entries.map(({ type, count }) =>
      type === '' ? `${figures(count)} without a kind` : `${figures(count)} of the kind ${type}`,
    );
    const why = sentence === q.reason?.sentence ? '' : ` ${sentence}`;
    return `Set aside: ${listed(kinds)}.${why}`;
  });
}

export type Reason = NonNullable<ReceiptQuestion['reason']>;

/** Who can mend it, in bold, and what that means. */
export function menderWords(reason: Reason): { who: string; how: string } {
  switch (reason.act) {
    case 'person':
      return { who: 'You can mend this', how: '.' };
    case 'clinic':
      return { who: 'Your clinic can mend this', how: '; the words to send them are ready.' };
    case 'operator':
      return { who: 'The operator of this Chartfold can mend this', how: '.' };
    case 'us':
      return reason.retry === 'never'
        ? { who: 'The makers of Chartfold must mend this', how: '.' }
        : { who: 'Nobody needs to act', how: '.' };
  }
}

/** The one way on from a question that was not answered. */
export function wayOn(reason: Reason): 'sign-in' | 'copy' | 'retry' | null {
  if (reason.act === 'clinic') return 'copy';
  if (reason.retry === 'after-reconnect') return 'sign-in';
  return reason.retry === 'later' ? 'retry' : null;
}

/** What to send to the clinic, ready to paste: the vendor's words where it has some, as on the connection's page. */
export function wordsForClinic(r: Receipt, q: ReceiptQuestion): string {
  if (q.reason?.words) return q.reason.words;
  const said = q.reason?.portalSaid ? ` It answered: “${apart(q.reason.portalSaid)}”` : '';
  const status = q.reason?.httpStatus ? ` (HTTP ${q.reason.httpStatus})` : '';
  const day = longDate(r.startedAt.slice(0, 10));
  return [
    `Hello ${apart(r.clinicName)},`,
    '',
    `I keep a copy of my own record with an app that reads it through the patient access API of ${apart(r.portalName)}. On ${day} your portal refused this part of it: ${q.label}${q.note ? ` (${q.note})` : ''}.${said}${status}${said || status ? '.' : ''}`,
    '',
    `The request was: ${q.request}`,
    '',
    'Could you ask whoever looks after your portal to switch this on for patients, or tell me why it is not offered?',
    '',
    `Thank you, ${apart(r.personName)}`,
  ].join('\n');
}

/** `In full`, `Refused` … */
export function outcomeWord(outcome: ReceiptQuestion['outcome']): string {
  switch (outcome) {
    case 'full':
      return 'In full';
    case 'part':
      return 'In part';
    case 'refused':
      return 'Refused';
    case 'failed':
      return 'Failed';
    case 'asking':
      return 'Being asked';
    case 'pending':
      return 'Not yet asked';
  }
}

// Proves that the letter's sentences add up and that each reason says who can mend it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Receipt, ReceiptQuestion } from '../../../http/contract.ts';
import {
  menderWords,
  type Reason,
  receiptSentences,
  setAsideWords,
  wayOn,
  wordsForClinic,
} from './receipt-words.ts';

const base: Receipt = {
  id: 'r',
  connectionId: 'c',
  clinicName: 'Harbor Family Medicine',
  portalName: 'Portal',
  environment: 'production',
  personId: 'p',
  personName: 'Elena Marsh',
  sample: false,
  trigger: 'manual',
  startedAt: '2026-11-18T11:00:00.000Z',
  finishedAt: '2026-11-18T11:03:00.000Z',
  asked: 31,
  answeredInFull: 28,
  narrowed: 0,
  inPart: 1,
  refused: 2,
  failed: 0,
  pages: 50,
  received: 524,
  new: 39,
  changed: 2,
  unchanged: 483,
  setAside: 0,
  gone: 0,
  complete: false,
  scopesAsked: [],
  scopesGranted: [],
  contentHash: null,
  questions: [],
  gaps: [],
  previous: null,
  next: null,
  nextTry: null,
};
const letter = (over: Partial<Receipt> = {}) =>
  receiptSentences({ ...base, ...over })
    .map((run) => run.text)
    .join('');

describe('the letter', () => {
  it('says what was asked, how it was answered and what came', () => {
    expect(letter()).toBe(
      'We asked 31 questions about Elena Marsh’s record. 28 were answered in full; one in part and two were refused. In all, 524 records came back on 50 pages: 39 new, 2 changed, and 483 as they were.',
    );
  });

  const inFull = { answeredInFull: 31, inPart: 0, refused: 0 };
  it('is short when all went well, and then calls the sync complete', () => {
    expect(letter({ ...inFull, complete: true, new: 524, changed: 0, unchanged: 0 })).toBe(
      'We asked 31 questions about Elena Marsh’s record. All 31 were answered in full: this sync is complete. In all, 524 records came back on 50 pages: 524 new.',
    );
    expect(letter(inFull)).toContain('All 31 were answered in full. In all');
  });

  it('says how many were answered in full and asked for less than everything', () => {
    expect(letter({ ...inFull, narrowed: 5 })).toContain(
      'All 31 were answered in full, five of them asking for less than everything. In all',
    );
    expect(letter({ narrowed: 12 })).toContain(
      '28 were answered in full, 12 of them asking for less than everything; one in part and two were refused.',
    );
    expect(letter({ asked: 1, answeredInFull: 1, inPart: 0, refused: 0, narrowed: 1 })).toContain(
      'It was answered in full, asking for less than everything. In all',
    );
  });

  it('says that nothing was new, and that nothing came', () => {
    expect(letter({ new: 0, changed: 0, unchanged: 524 })).toContain(
      '524 as they were, nothing new.',
    );
    expect(letter({ received: 0, new: 0, changed: 0, unchanged: 0 })).toContain(
      'No records came back.',
    );
  });

  it('tells what was set aside beside what came, as part of no total', () => {
    expect(letter({ new: 39, changed: 2, unchanged: 483, setAside: 4 })).toContain(
      '524 records came back on 50 pages: 39 new, 2 changed, and 483 as they were. 4 were set aside, not stored; the account says why.',
    );
    expect(letter({ received: 0, new: 0, changed: 0, unchanged: 0, setAside: 1 })).toContain(
      'No records came back. 1 was set aside, not stored; the account says why.',
    );
  });

  it('says what is still to be asked while the sync runs', () => {
    expect(letter({ answeredInFull: 10, inPart: 0, refused: 0, finishedAt: null })).toContain(
      '10 were answered in full; 21 are still to be asked.',
    );
  });

  it('names figures that add up to the questions and to the records, whatever they are', () => {
    const n = fc.nat({ max: 500 });
    fc.assert(
      fc.property(fc.tuple(n, n, n, n, n), fc.tuple(n, n, n, n), (answers, records) => {
        const [answeredInFull, inPart, refused, failed, open] = answers;
        const [fresh, changed, unchanged, setAside] = records;
        const asked = answeredInFull + inPart + refused + failed + open;
        const received = fresh + changed + unchanged;
        const text = letter({
          asked,
          answeredInFull,
          inPart,
          refused,
          failed,
          received,
          new: fresh,
          changed,
          unchanged,
          setAside,
        });
        const [questions = '', rest = '', aside = ''] = text.split(
          /(?=In all|No records|\b[\w,]+ (?:was|were) set aside)/,
        );
        const answered = questions.slice(questions.indexOf('record. '));
        expect(sum(answered)).toBe(asked);
        // Before the colon stand the total and the pages, after it the parts.
        if (received > 0) expect(sum(rest.slice(rest.indexOf(':')))).toBe(received);
        else expect(rest.trim()).toBe('No records came back.');
        expect(sum(aside)).toBe(setAside);
      }),
    );
  });
});

const words = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
function sum(text: string): number {
  return [...text.matchAll(/\d[\d,]*|\b(?:one|two|three|four|five|six|seven|eight|nine)\b|It was/g)]
    .map(([figure]) =>
      figure === 'It was'
        ? 1
        : words.includes(figure)
          ? words.indexOf(figure) + 1
          : Number(figure.replaceAll(',', '')),
    )
    .reduce((a, b) => a + b, 0);
}

const reason = (over: Partial<Reason>): Reason => ({
  code: 'fhir.forbidden',
  sentence: 'Refused.',
  portalSaid: 'not enabled for this practice',
  httpStatus: 403,
  act: 'clinic',
  retry: 'later',
  words: null,
  ...over,
});

describe('what was set aside', () => {
  const aside = (code: string, type: string, count: number) => ({
    code,
    sentence: `Why of ${code}.`,
    type,
    count,
  });

  it('is named once for each reason, with the count of each kind', () => {
    const setAsideWhy = [
      aside('sync.other_patient', 'Encounter', 1200),
      aside('sync.not_a_record', '', 1),
      aside('sync.other_patient', 'Provenance', 3),
    ];
    expect(setAsideWords({ setAsideWhy, reason: null })).toEqual([
      'Set aside: 1,200 of the kind Encounter and 3 of the kind Provenance. Why of sync.other_patient.',
      'Set aside: 1 without a kind. Why of sync.not_a_record.',
    ]);
    expect(setAsideWords({ setAsideWhy: [], reason: null })).toEqual([]);
  });

  it('is not explained twice where the whole question says the same', () => {
    const setAsideWhy = [aside('fhir.forbidden', 'Binary', 14)];
    const whole = reason({ sentence: 'Why of fhir.forbidden.' });
    expect(setAsideWords({ setAsideWhy, reason: whole })).toEqual([
      'Set aside: 14 of the kind Binary.',
    ]);
  });
});

describe('a reason', () => {
  it('says who can mend it', () => {
    expect(menderWords(reason({ act: 'person' })).who).toBe('You can mend this');
    expect(menderWords(reason({ act: 'clinic' })).who).toBe('Your clinic can mend this');
    expect(menderWords(reason({ act: 'us', retry: 'later' })).who).toBe('Nobody needs to act');
  });

  it('has the way on that mends it', () => {
    expect(wayOn(reason({ act: 'clinic' }))).toBe('copy');
    expect(wayOn(reason({ act: 'person', retry: 'after-reconnect' }))).toBe('sign-in');
    expect(wayOn(reason({ act: 'us', retry: 'later' }))).toBe('retry');
    expect(wayOn(reason({ act: 'us', retry: 'never' }))).toBeNull();
  });

  it('gives the clinic words that say what was refused and how', () => {
    const question: ReceiptQuestion = {
      key: 'notes',
      label: 'Clinical notes',
      note: 'written before 2016',
      why: '',
      request: 'GET DocumentReference?category=clinical-note',
      pages: 0,
      received: 0,
      new: 0,
      changed: 0,
      unchanged: 0,
      setAside: 0,
      gone: 0,
      setAsideWhy: [],
      outcome: 'refused',
      reason: reason({}),
    };
    const text = wordsForClinic(base, question);
    // As on the connection's own page.
    const own = { ...question, reason: reason({ words: 'Please switch it on.' }) };
    expect(wordsForClinic(base, own)).toBe('Please switch it on.');
    expect(text).toContain('Clinical notes (written before 2016)');
    expect(text).toContain('“not enabled for this practice” (HTTP 403).');
    expect(text).toContain('GET DocumentReference?category=clinical-note');
  });
});

// Owns which names are taken, of accounts and of people: one rule, so that a name is what is seen of it.

import { ChartfoldError } from '../platform/errors.ts';

/** In code units. */
const MOST = 100;
/**
 * Control and format characters, which could make two names look alike or turn the writing round; line separators,
 * private use, lone surrogates; and characters that are letters or symbols by their class and show nothing.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]/u;
/** Some scripts join or part letters with these two; anywhere else nobody sees them. */
const JOINERS = /(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}])/gu;
/** Whom the audit names who is no account. */
const RESERVED = new Set([
  'operator',
  'the operator',
  'terminal',
  'the terminal',
  'somebody',
  'a closed account',
  'chartfold',
]);

/**
 * A name as it is kept: composed, with single spaces.
 * @throws `http.invalid_request` where it is empty, too long, or holds what can't be seen
 */
export function cleanName(text: string, most = MOST): string {
  const name = text.normalize('NFC').trim().replace(/\s+/g, ' ');
  if (!name || name.length > most || UNSEEN.test(name.replace(JOINERS, '')))
    throw new ChartfoldError('http.invalid_request', {
      detail: `name: 1 to ${most} visible characters`,
    });
  return name;
}

/** The name of an account as it is kept. @throws `http.invalid_request` also where it stands for somebody else */
export function accountName(text: string): string {
  const name = cleanName(text);
  if (RESERVED.has(nameKey(name)))
    throw new ChartfoldError('http.invalid_request', {
      detail: 'name: this one stands for somebody else in the audit',
    });
  return name;
}

/** A name as it is compared: two that look alike to a reader are one. */
export function nameKey(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\u200c\u200d]/g, '')
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

// Owns where the typed words stand in the clinics found, and what is said of a clinic among them.

import { listedApart } from '../../../fhir/text/shown.ts';
import type { Clinic } from '../../../http/contract.ts';
import { counted } from '../../parts/words.ts';

/** The text cut into runs, those that the typed words matched marked. */
export function markMatches(text: string, typed: string): { text: string; hit: boolean }[] {
  const words = wordsOf(typed);
  const runs: { text: string; hit: boolean }[] = [];
  for (const piece of text.split(/([\p{L}\p{N}'’]+)/u)) {
    if (piece === '') continue;
    const folded = fold(piece);
    const hit = words.filter((w) => folded.startsWith(w)).sort((a, b) => b.length - a.length)[0];
    if (hit === undefined || !/^[\p{L}\p{N}]/u.test(piece)) {
      runs.push({ text: piece, hit: false });
      continue;
    }
    const end = lengthOfFolded(piece, hit.length);
    runs.push({ text: piece.slice(0, end), hit: true });
    if (end < piece.length) runs.push({ text: piece.slice(end), hit: false });
  }
  return runs;
}

/** A name for the clinic that is unique in the list. A list may name clinics without an id. */
export function clinicKey(c: Clinic): string {
  const { portal, address, environment, clinicId, name, town } = c;
  return `${portal ?? address}/${environment}/${clinicId || `${name}/${town}`}`;
}

/** The id of its option on the page: one for each key, of whatever letters that is. */
export function optionId(c: Clinic): string {
  const letters = Array.from(clinicKey(c), (letter) =>
    /[\w-]/.test(letter) ? letter : `.${letter.codePointAt(0)?.toString(16)}.`,
  );
  return `clinic-${letters.join('')}`;
}

/** Where a clinic is, and whose software it has; of a portal as a whole, that it may be any of its clinics. */
export function whereWords(c: Clinic): string {
  if (!isWhole(c)) return listedApart([c.town, c.portalName]);
  return c.tellsClinic ? 'Any of its clinics: after the sign-in it says which.' : '';
}

/** The town, as a column of its own. */
export function townWords(c: Clinic): string {
  return c.town ?? (isWhole(c) && c.tellsClinic ? 'Any of its clinics' : '');
}

/** What a sync there asks for. */
export function askedWords(c: Clinic): string {
  return c.questions > 0
    ? `Chartfold asks ${counted(c.questions, 'question')}`
    : 'Chartfold asks for what the server says it has';
}

/** A portal as a whole. */
function isWhole(c: Clinic): boolean {
  return c.clinicId === '' && c.name === c.portalName;
}

// How many characters of the text make `n` folded ones.
function lengthOfFolded(text: string, n: number): number {
  for (let end = 1; end <= text.length; end += 1) {
    if (fold(text.slice(0, end)).length >= n) return end;
  }
  return text.length;
}

function wordsOf(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== '');
}

function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{M}'’]/gu, '')
    .toLowerCase();
}

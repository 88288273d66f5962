// Owns where the typed words stand in the clinics found, and what a clinic is called among them.

import type { Clinic } from '../../../http/contract.ts';

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

/** A portal as a whole, whose clinic is told after the sign-in. */
export function isWhole(c: Clinic): boolean {
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

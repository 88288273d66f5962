// Owns what typed words may stand for: themselves, other ways to write them, words that they begin, words that they are
// slips of. Each with how likely that is.

import { bitsIn, lettersOf, slipsBetween } from './closeness.ts';
import { type Names, rarity, type Sorted, sortedWords } from './names.ts';
import { sameAs } from './words.ts';

/** A word that a typed one may stand for; `and` is the second of two that were written as one. */
export type Candidate = { readonly word: number; readonly likeness: number; readonly and?: number };
/** A typed word: what it may stand for, the likest first, and how much it tells. */
export type Term = { readonly weight: number; readonly candidates: readonly Candidate[] };

const SAME = 1;
const EQUIVALENT = 0.96;
export const JOINED = 0.9;
/** Of what was typed before the rest of the word: from its share of the word's letters. */
const begun = (share: number, isLast: boolean) =>
  isLast ? 0.86 + 0.12 * share : 0.6 + 0.3 * share;
const slipped = (slips: number, length: number) => (slips === 1 ? 0.78 : 0.6) + length / 100;
/** A short word is near to too much: of so many letters slips are looked for, of more where it stands alone. */
const SHORTEST = { besideOthers: 4, alone: 5 };

/** The terms of what was typed. @param endsOpen whether the last word may go on */
export function termsOf(words: readonly string[], names: Names, endsOpen: boolean): Term[] {
  const shortest = words.length === 1 ? SHORTEST.alone : SHORTEST.besideOthers;
  return words.map((word, at) => {
    const isLast = at === words.length - 1 && endsOpen;
    const found = new Map<number, Candidate>();
    const add: Add = (number, likeness, and) => {
      if (number === undefined || (found.get(number)?.likeness ?? 0) >= likeness) return;
      found.set(number, { word: number, likeness, ...(and === undefined ? {} : { and }) });
    };
    const exact = names.numbers.get(word);
    add(exact, SAME);
    for (const other of sameAs(word)) add(names.numbers.get(other), EQUIVALENT);
    if (!/\d/.test(word))
      for (const beside of [words[at - 1] + word, word + words[at + 1]])
        add(names.numbers.get(beside), JOINED);
    addSplits(word, names.numbers, add);
    addBegun(word, isLast, sortedWords(names), add);
    if (word.length >= shortest) addSlipped(word, isLast, sortedWords(names), add);
    const candidates = [...found.values()].sort((a, b) => b.likeness - a.likeness);
    return { weight: weightOf(names, exact ?? candidates[0]?.word), candidates };
  });
}

/** What is written wrong tells as much as what it stands for; what stands for nothing tells most. */
function weightOf(names: Names, word: number | undefined): number {
  return word === undefined ? Math.log(1 + names.names.length) : rarity(names, word);
}

type Add = (number: number | undefined, likely: number, and?: number) => void;

/** `obgyn` is also `ob gyn`. */
function addSplits(word: string, numbers: ReadonlyMap<string, number>, add: Add): void {
  for (let cut = 2; cut <= word.length - 2; cut += 1) {
    const [head, tail] = [numbers.get(word.slice(0, cut)), numbers.get(word.slice(cut))];
    if (head !== undefined && tail !== undefined && head !== tail) add(head, JOINED, tail);
  }
}

/** The words that what was typed is the beginning of. */
function addBegun(word: string, isLast: boolean, { order, vocabulary }: Sorted, add: Add): void {
  if (!isLast && word.length < 2) return;
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((vocabulary[order[middle] as number] as string) < word) low = middle + 1;
    else high = middle;
  }
  for (; low < order.length; low += 1) {
    const number = order[low] as number;
    const whole = vocabulary[number] as string;
    if (!whole.startsWith(word)) return;
    add(number, begun(word.length / whole.length, isLast));
  }
}

/** The words that what was typed is near to; of the last also those of whose beginning it is. Numbers have no slips. */
function addSlipped(word: string, isLast: boolean, sorted: Sorted, add: Add): void {
  if (/\d/.test(word)) return;
  const most = word.length < 8 ? 1 : 2;
  const letters = lettersOf(word);
  const { vocabulary } = sorted;
  for (let number = 0; number < vocabulary.length; number += 1) {
    const theirs = sorted.letters[number] as number;
    if (bitsIn(letters & ~theirs) > most) continue;
    const other = vocabulary[number] as string;
    if (Math.abs(other.length - word.length) <= most) {
      if (bitsIn(letters ^ theirs) > 2 * most) continue;
      const slips = slipsBetween(word, other, most);
      if (slips > 0 && slips <= most) add(number, slipped(slips, word.length));
    } else if (isLast && word.length > 4 && other.length > word.length) {
      const slips = slipsBetween(word, other, 1, true);
      if (slips === 1) add(number, slipped(1, word.length) - 0.1);
    }
  }
}

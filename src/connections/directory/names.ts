// Owns what an index knows of clinics: their names as words by number, and in which names each word stands. It holds no
// clinic, only the numbers of their rows.

import { lettersOf } from './closeness.ts';
import { wordsOf, wordsOfState } from './words.ts';

/** A clinic as it is indexed. */
export type IndexedClinic = {
  readonly row: number;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly town: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
};

/** A name of a clinic: its own, or another that it goes by. */
export type Name = {
  readonly row: number;
  /** Its words in order, those of its place behind them. */
  readonly words: Int32Array;
  /** How many of the words are of the name itself. */
  readonly length: number;
};

/** Names, and words by number. */
export type Names = {
  readonly names: Name[];
  readonly vocabulary: string[];
  readonly numbers: Map<string, number>;
  /** By word: in which names it stands, rising. */
  readonly postings: number[][];
  /** The vocabulary for looking up; null since a word was added. */
  sorted: Sorted | null;
};

export type Sorted = {
  /** Numbers of words in the order of the words. */
  readonly order: Int32Array;
  /** By number: which letters a word has. */
  readonly letters: Int32Array;
  readonly vocabulary: readonly string[];
};

export function noNames(): Names {
  return { names: [], vocabulary: [], numbers: new Map(), postings: [], sorted: null };
}

/** Adds a clinic under each of its names. */
export function addClinic(to: Names, clinic: IndexedClinic): void {
  const { row, name, aliases, town, state, postalCode } = clinic;
  const place = [
    ...wordsOf(town ?? ''),
    ...(state ? wordsOfState(state) : []),
    // Without the four digits that may follow.
    ...wordsOf(postalCode ?? '').slice(0, 1),
  ];
  for (const one of [name, ...aliases]) {
    const own = wordsOf(one);
    const words = Int32Array.from([...own, ...place], (word) => numberOf(to, word));
    for (const word of new Set(words)) to.postings[word]?.push(to.names.length);
    to.names.push({ row, words, length: own.length });
  }
  to.sorted = null;
}

/** How much a word tells: the fewer names have it, the more. */
export function rarity({ names, postings }: Names, word: number): number {
  return Math.log(1 + names.length / (postings[word]?.length || 1));
}

/** The vocabulary for looking up, put in order where a word was added since. */
export function sortedWords(names: Names): Sorted {
  names.sorted ??= sort(names.vocabulary);
  return names.sorted;
}

function numberOf({ numbers, vocabulary, postings }: Names, word: string): number {
  const known = numbers.get(word);
  if (known !== undefined) return known;
  numbers.set(word, vocabulary.length);
  vocabulary.push(word);
  postings.push([]);
  return vocabulary.length - 1;
}

function sort(vocabulary: readonly string[]): Sorted {
  const numbers = vocabulary.map((_, number) => number);
  const order = Int32Array.from(
    numbers.sort((a, b) => ((vocabulary[a] as string) < (vocabulary[b] as string) ? -1 : 1)),
  );
  return { order, letters: Int32Array.from(vocabulary, lettersOf), vocabulary };
}

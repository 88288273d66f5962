// Owns finding clinics by what people type: words in any order, begun or written wrong, abbreviated, with a town, state
// or postal code between them. An index in memory, of numbers; it holds no clinic, only the numbers of their rows.
// How it ranks is told in docs/adr/0028-clinic-search.md.

import { bitsIn, lettersOf, slipsBetween } from './closeness.ts';
import { sameAs, wordsOf, wordsOfState } from './words.ts';

/** A clinic as it is indexed. */
export type IndexedClinic = {
  readonly row: number;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly town: string | null;
  readonly state: string | null;
  readonly postalCode: string | null;
};

export type Found = {
  /** The best first. */
  readonly rows: number[];
  /** How many were counted, and whether there are more. */
  readonly total: number;
  readonly isMore: boolean;
};

export type ClinicIndex = {
  readonly size: number;
  add(clinics: readonly IndexedClinic[]): void;
  search(typed: string, limit: number): Found;
};

type Ranked = { readonly doc: number; readonly covered: number; readonly score: number };

/** A word that a typed one may stand for; `and` is the second of two that were written as one. */
type Candidate = { readonly word: number; readonly likeness: number; readonly and?: number };
/** A typed word: what it may stand for, the likest first, and how much it tells. */
type Term = { readonly weight: number; readonly candidates: readonly Candidate[] };

const SAME = 1;
const EQUIVALENT = 0.96;
const JOINED = 0.9;
/** Of what was typed before the rest of the word: from its share of the word's letters. */
const begun = (share: number, isLast: boolean) =>
  isLast ? 0.86 + 0.12 * share : 0.6 + 0.3 * share;
const slipped = (slips: number, length: number) => (slips === 1 ? 0.78 : 0.6) + length / 100;
/** What is found must account for this share of what was typed. */
const LEAST_SHARE = 0.58;
/** The rest of the list ends where the ranking falls below this share of the first. */
const TAIL = 0.82;
/** So many of the best by words alone are looked at closely, and counted. */
const LOOKED_AT = 400;

/** An index that clinics are added to; each alias is a further name of its row. */
export function createClinicIndex(): ClinicIndex {
  const vocabulary: string[] = [];
  const numbers = new Map<string, number>();
  const postings: number[][] = [];
  // Of each name: its row, its words in order with those of its place behind, and how many are of the name itself.
  const rows: number[] = [];
  const wordsIn: Int32Array[] = [];
  const nameLengths: number[] = [];
  let sorted: Sorted | null = null;
  let size = 0;

  function numberOf(word: string): number {
    const known = numbers.get(word);
    if (known !== undefined) return known;
    numbers.set(word, vocabulary.length);
    vocabulary.push(word);
    postings.push([]);
    return vocabulary.length - 1;
  }

  function addName(row: number, name: string[], place: string[]): void {
    const words = Int32Array.from([...name, ...place], numberOf);
    for (const word of new Set(words)) postings[word]?.push(rows.length);
    rows.push(row);
    wordsIn.push(words);
    nameLengths.push(name.length);
  }

  const rarity = (word: number) => Math.log(1 + rows.length / (postings[word]?.length || 1));

  function search(typed: string, limit: number): Found {
    const words = wordsOf(typed).slice(0, 12);
    if (words.length === 0 || rows.length === 0) return { rows: [], total: 0, isMore: false };
    sorted ??= sortVocabulary(vocabulary);
    const terms = termsOf(words, {
      sorted,
      numbers,
      rarity,
      rarest: Math.log(1 + rows.length),
      endsOpen: /[\p{L}\p{N}]$/u.test(typed),
    });
    const whole = words.join(' ');
    const likely = likeliest(terms);
    const ranked = likely
      .flatMap((doc) => rank(doc, terms, whole) ?? [])
      .sort((a, b) => b.score - a.score || length(a.doc) - length(b.doc) || a.doc - b.doc);
    const floor = Math.max(0, ...ranked.map(({ covered }) => covered)) * TAIL;
    const seen = new Set<number>();
    for (const { doc, covered } of ranked) if (covered >= floor) seen.add(rows[doc] as number);
    return {
      rows: [...seen].slice(0, limit),
      total: seen.size,
      isMore: likely.length === LOOKED_AT,
    };
  }

  const length = (doc: number) => nameLengths[doc] ?? 0;

  /** The names that account for most of what was typed, by words alone. */
  function likeliest(terms: readonly Term[]): number[] {
    const scores = new Float32Array(rows.length);
    const counted = new Int8Array(rows.length).fill(-1);
    const touched: number[] = [];
    terms.forEach(({ weight, candidates }, at) => {
      for (const { word, likeness, and } of candidates) {
        for (const doc of postings[word] ?? []) {
          if (counted[doc] === at) continue;
          if (and !== undefined && !wordsIn[doc]?.includes(and)) continue;
          if (scores[doc] === 0) touched.push(doc);
          counted[doc] = at;
          scores[doc] = (scores[doc] as number) + likeness * weight;
        }
      }
    });
    const least = LEAST_SHARE * sum(terms.map(({ weight }) => weight));
    const enough = touched.filter((doc) => (scores[doc] as number) >= least);
    if (enough.length <= LOOKED_AT) return enough;
    // To put tens of thousands in order for the sake of some hundred takes longer than all the rest.
    const most = enough.reduce((best, doc) => Math.max(best, scores[doc] as number), 0);
    const stepOf = (doc: number) => Math.min(63, Math.floor(((scores[doc] as number) / most) * 64));
    const steps = Array.from({ length: 64 }, (): number[] => []);
    for (const doc of enough) steps[stepOf(doc)]?.push(doc);
    const best: number[] = [];
    for (const step of steps.reverse()) {
      if (best.length + step.length > LOOKED_AT) step.sort((a, b) => length(a) - length(b));
      best.push(...step.slice(0, LOOKED_AT - best.length));
    }
    return best;
  }

  /** How much of what was typed a name accounts for, and how well; null where too much of it is not there. */
  function rank(doc: number, terms: readonly Term[], whole: string): Ranked | null {
    const words = wordsIn[doc] as Int32Array;
    const taken = new Set<number>();
    let matched = 0;
    let missed = 0;
    let inOrder = 0;
    let adjacent = 0;
    let last = -2;
    let first = -1;
    for (const { weight, candidates } of terms) {
      const hit = placeOf(words, candidates, taken, last + 1);
      if (!hit) {
        missed += 1;
        continue;
      }
      matched += hit.likeness * weight;
      taken.add(hit.at);
      if (first < 0) first = hit.at;
      if (last >= 0 && hit.at > last) inOrder += 1;
      if (last >= 0 && (hit.at === last + 1 || hit.at === last)) adjacent += 1;
      last = hit.at;
    }
    if (missed > Math.floor(terms.length / 3)) return null;
    const covered = matched / sum(terms.map(({ weight }) => weight));
    if (covered < LEAST_SHARE) return null;
    const name = words.subarray(0, length(doc));
    let inName = 0;
    let all = 0;
    name.forEach((word, at) => {
      all += rarity(word);
      if (taken.has(at)) inName += rarity(word);
    });
    const pairs = Math.max(1, terms.length - 1);
    const text = Array.from(name, (word) => vocabulary[word]).join(' ');
    const score =
      covered *
        (1 + 0.3 * (inName / (all || 1)) + 0.12 * (inOrder / pairs) + 0.1 * (adjacent / pairs)) +
      (first === 0 ? 0.04 : 0) +
      (text.startsWith(whole) ? 0.25 : 0) +
      (text === whole ? 0.5 : 0);
    return { doc, covered, score };
  }

  return {
    get size() {
      return size;
    },
    add(clinics) {
      for (const { row, name, aliases, town, state, postalCode } of clinics) {
        const place = [
          ...wordsOf(town ?? ''),
          ...(state ? wordsOfState(state) : []),
          ...wordsOf(postalCode ?? '').slice(0, 1),
        ];
        for (const one of [name, ...aliases]) addName(row, wordsOf(one), place);
        size += 1;
      }
      sorted = null;
    },
    search,
  };
}

/** Where a term stands in a name: the likest word that no other term has taken, of equals the next in order. */
function placeOf(
  words: Int32Array,
  candidates: readonly Candidate[],
  taken: ReadonlySet<number>,
  from: number,
): { at: number; likeness: number } | null {
  let found: { at: number; likeness: number } | null = null;
  for (const { word, likeness, and } of candidates) {
    if (found && likeness < found.likeness) break;
    for (let at = 0; at < words.length; at += 1) {
      // Two typed words may be one word of the name.
      if (words[at] !== word || (taken.has(at) && likeness !== JOINED)) continue;
      if (and !== undefined && !words.includes(and)) continue;
      if (!found || (found.at < from && at >= from)) found = { at, likeness };
    }
  }
  return found;
}

type Sorted = {
  /** Numbers of words in the order of the words. */
  readonly order: Int32Array;
  readonly letters: Int32Array;
  readonly vocabulary: readonly string[];
};

function sortVocabulary(vocabulary: readonly string[]): Sorted {
  const numbers = vocabulary.map((_, number) => number);
  const order = Int32Array.from(
    numbers.sort((a, b) => ((vocabulary[a] as string) < (vocabulary[b] as string) ? -1 : 1)),
  );
  return { order, letters: Int32Array.from(vocabulary, lettersOf), vocabulary };
}

type Reading = {
  readonly sorted: Sorted;
  readonly numbers: ReadonlyMap<string, number>;
  readonly rarity: (word: number) => number;
  readonly rarest: number;
  /** Whether the last word may go on. */
  readonly endsOpen: boolean;
};

function termsOf(words: readonly string[], reading: Reading): Term[] {
  return words.map((word, at) => {
    const isLast = at === words.length - 1 && reading.endsOpen;
    const likeness = new Map<number, Candidate>();
    const add = (number: number | undefined, likely: number, and?: number) => {
      if (number === undefined || (likeness.get(number)?.likeness ?? 0) >= likely) return;
      likeness.set(number, {
        word: number,
        likeness: likely,
        ...(and === undefined ? {} : { and }),
      });
    };
    const exact = reading.numbers.get(word);
    add(exact, SAME);
    for (const other of sameAs(word)) add(reading.numbers.get(other), EQUIVALENT);
    if (!/\d/.test(word))
      for (const beside of [words[at - 1] + word, word + words[at + 1]])
        add(reading.numbers.get(beside), JOINED);
    addSplits(word, reading.numbers, add);
    addBegun(word, isLast, reading.sorted, add);
    // A short word that stands alone is near to too much.
    if (word.length >= (words.length === 1 ? 5 : 4)) addSlipped(word, isLast, reading.sorted, add);
    const candidates = [...likeness.values()].sort((a, b) => b.likeness - a.likeness);
    const [best] = candidates;
    // What is written wrong tells as much as what it stands for; what stands for nothing tells most.
    const weight =
      exact !== undefined
        ? reading.rarity(exact)
        : best
          ? reading.rarity(best.word)
          : reading.rarest;
    return { weight, candidates };
  });
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

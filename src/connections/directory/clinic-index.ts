// Owns finding clinics by what people type: words in any order, begun or written wrong, abbreviated, with a town, state
// or postal code between them. How it ranks is told in docs/adr/0028-clinic-search.md.

import { addClinic, type IndexedClinic, type Name, type Names, noNames, rarity } from './names.ts';
import { type Candidate, JOINED, type Term, termsOf } from './terms.ts';
import { wordsOf } from './words.ts';

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

/** What is found must account for this share of what was typed. */
const LEAST_SHARE = 0.58;
/** The rest of the list ends where the ranking falls below this share of the first. */
const TAIL = 0.82;
/** So many of the best by words alone are looked at closely, and counted. */
const LOOKED_AT = 400;

/** Of more words than these nobody types. */
const MOST_WORDS = 12;

/** An index that clinics are added to; each alias is a further name of its row. */
export function createClinicIndex(): ClinicIndex {
  const names = noNames();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(clinics) {
      for (const clinic of clinics) addClinic(names, clinic);
      size += clinics.length;
    },
    search: (typed, limit) => search(names, typed, limit),
  };
}

function search(names: Names, typed: string, limit: number): Found {
  const words = wordsOf(typed).slice(0, MOST_WORDS);
  if (words.length === 0 || names.names.length === 0) return { rows: [], total: 0, isMore: false };
  const terms = termsOf(words, names, /[\p{L}\p{N}]$/u.test(typed));
  const likely = likeliest(names, terms);
  const ranked = likely
    .flatMap((name) => rank(names, name, terms, words.join(' ')) ?? [])
    .sort((a, b) => b.score - a.score || a.name.length - b.name.length || a.name.row - b.name.row);
  const floor = Math.max(0, ...ranked.map(({ covered }) => covered)) * TAIL;
  const rows = new Set<number>();
  for (const { name, covered } of ranked) if (covered >= floor) rows.add(name.row);
  return {
    rows: [...rows].slice(0, limit),
    total: rows.size,
    // Where the tail was cut off, what was not looked at would be cut off too.
    isMore: likely.length === LOOKED_AT && ranked.every(({ covered }) => covered >= floor),
  };
}

/** The names that account for most of what was typed, by words alone. */
function likeliest({ names, postings }: Names, terms: readonly Term[]): Name[] {
  const scores = new Float32Array(names.length);
  const counted = new Int8Array(names.length).fill(-1);
  const touched: number[] = [];
  terms.forEach(({ weight, candidates }, at) => {
    for (const { word, likeness, and } of candidates) {
      for (const one of postings[word] ?? []) {
        if (counted[one] === at) continue;
        if (and !== undefined && !names[one]?.words.includes(and)) continue;
        if (scores[one] === 0) touched.push(one);
        counted[one] = at;
        scores[one] = (scores[one] as number) + likeness * weight;
      }
    }
  });
  const least = LEAST_SHARE * weightOf(terms);
  const enough = touched.filter((one) => (scores[one] as number) >= least);
  return bestOf(enough, scores).flatMap((one) => names[one] ?? []);
}

/** So many as are looked at, of the highest scores; put in order by steps, as tens of thousands take long to sort. */
function bestOf(all: readonly number[], scores: Float32Array): readonly number[] {
  if (all.length <= LOOKED_AT) return all;
  const most = all.reduce((best, one) => Math.max(best, scores[one] as number), 0);
  const steps = Array.from({ length: STEPS + 1 }, (): number[] => []);
  for (const one of all) steps[Math.floor(((scores[one] as number) / most) * STEPS)]?.push(one);
  return steps.reverse().flat().slice(0, LOOKED_AT);
}

const STEPS = 64;

type Ranked = { readonly name: Name; readonly covered: number; readonly score: number };

/** How much of what was typed a name accounts for, and how well; null where too much of it is not there. */
function rank(names: Names, name: Name, terms: readonly Term[], whole: string): Ranked | null {
  const { matched, missed, taken, inOrder, adjacent } = laidOver(name, terms);
  const covered = matched / weightOf(terms);
  if (missed > Math.floor(terms.length / 3) || covered < LEAST_SHARE) return null;
  let inName = 0;
  let all = 0;
  const own = name.words.subarray(0, name.length);
  own.forEach((word, at) => {
    const telling = rarity(names, word);
    all += telling;
    if (taken.has(at)) inName += telling;
  });
  const pairs = Math.max(1, terms.length - 1);
  const text = Array.from(own, (word) => names.vocabulary[word]).join(' ');
  const score =
    covered *
      (1 + 0.3 * (inName / (all || 1)) + 0.12 * (inOrder / pairs) + 0.1 * (adjacent / pairs)) +
    (taken.values().next().value === 0 ? 0.04 : 0) +
    (text.startsWith(whole) ? 0.25 : 0) +
    (text === whole ? 0.5 : 0);
  return { name, covered, score };
}

/** Where the terms stand in a name: how much of them, and how many follow one another, at once or later. */
function laidOver({ words }: Name, terms: readonly Term[]) {
  const taken = new Set<number>();
  let [matched, missed, inOrder, adjacent] = [0, 0, 0, 0];
  let last: number | null = null;
  for (const { weight, candidates } of terms) {
    const hit = placeOf(words, candidates, taken, last === null ? 0 : last + 1);
    if (!hit) {
      missed += 1;
      continue;
    }
    matched += hit.likeness * weight;
    taken.add(hit.at);
    if (last !== null && hit.at > last) inOrder += 1;
    if (last !== null && (hit.at === last + 1 || hit.at === last)) adjacent += 1;
    last = hit.at;
  }
  return { matched, missed, taken, inOrder, adjacent };
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

function weightOf(terms: readonly Term[]): number {
  return terms.reduce((total, { weight }) => total + weight, 0);
}

// Owns `bench directory`: searches with known answers over lists of clinics, how many find theirs first, what nonsense
// finds, and how long a keystroke takes. Lists and queries are given, or made up where there are none.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createClinicIndex } from '../../connections/directory/clinic-index.ts';
import type { IndexedClinic } from '../../connections/directory/names.ts';
import { isChartfoldError } from '../../platform/errors.ts';
import { vendorOfList } from '../../portals/index.ts';
import type { DirectoryClinic } from '../../portals/portal.ts';
import { listsOfSimulator, madeQueries, nonsense, type Query } from './directory-data.ts';
import { wholeNumber } from './whole-number.ts';

type Flags = { lists?: string; queries?: string; times: number; json?: boolean };

/** What came out: shares between 0 and 1, times in milliseconds. */
export type DirectoryFigures = {
  readonly clinics: number;
  readonly indexMs: number;
  readonly kinds: Readonly<Record<string, { queries: number; first: number; firstFive: number }>>;
  /** Of exact searches, each beginning of four letters and more: how often a name that begins so stands behind one that doesn't. */
  readonly beginnings: { readonly asked: number; readonly outOfOrder: number };
  readonly nonsense: { readonly asked: number; readonly found: number };
  readonly keystrokeMs: { readonly median: number; readonly p95: number; readonly most: number };
  readonly missed: readonly string[];
};

export function benchDirectory(of: Command): void {
  of.command('directory')
    .description('searches for clinics with known answers, and how long a keystroke takes')
    .option('--lists <folder>', 'lists of clinics, in any form that can be imported')
    .option('--queries <file>', 'tab-separated: kind, what is typed, the name that is wanted')
    .option('--times <count>', 'the lists so many times over', wholeNumber(1), 1)
    .option('--json', 'print JSON')
    .action(async (flags: Flags) => {
      const say = (line: string) => process.stderr.write(`${line}\n`);
      const clinics = await clinicsOf(flags, say);
      const queries = queriesOf(flags, clinics, say);
      const figures = measure(clinics, queries, flags.times);
      process.stdout.write(`${flags.json ? JSON.stringify(figures) : textOf(figures)}\n`);
    });
}

/** Measures over the clinics, so many times over. */
export function measure(
  clinics: readonly Pick<DirectoryClinic, 'name' | 'aliases' | 'town' | 'state' | 'postalCode'>[],
  queries: readonly Query[],
  times: number,
): DirectoryFigures {
  const all: IndexedClinic[] = Array.from({ length: times }, () => clinics)
    .flat()
    .map((clinic, row) => ({ ...clinic, row }));
  const index = createClinicIndex();
  const begun = performance.now();
  index.add(all);
  index.search('a', 1);
  const indexMs = performance.now() - begun;
  const nameOf = (row: number) => plain(all[row]?.name ?? '');
  const kinds: Record<string, { queries: number; first: number; firstFive: number }> = {};
  const beginnings = { asked: 0, outOfOrder: 0 };
  const missed: string[] = [];
  const keystrokes: number[] = [];
  for (const { kind, typed, wanted } of queries) {
    const names = index.search(typed, 20).rows.map(nameOf);
    const place = names.indexOf(plain(wanted));
    kinds[kind] ??= { queries: 0, first: 0, firstFive: 0 };
    kinds[kind].queries += 1;
    if (place === 0) kinds[kind].first += 1;
    else
      missed.push(
        `${kind}: ${typed} → ${wanted}, ${place < 0 ? 'not found' : `place ${place + 1}`}`,
      );
    if (place >= 0 && place < 5) kinds[kind].firstFive += 1;
    for (let length = 1; length <= typed.length; length += 1) {
      const keystroke = typed.slice(0, length);
      const start = performance.now();
      const { rows } = index.search(keystroke, 20);
      keystrokes.push(performance.now() - start);
      if (kind !== 'exact' || length < 4) continue;
      beginnings.asked += 1;
      if (isOutOfOrder(rows.map(nameOf), plain(keystroke))) beginnings.outOfOrder += 1;
    }
  }
  keystrokes.sort((a, b) => a - b);
  return {
    clinics: all.length,
    indexMs,
    kinds,
    beginnings,
    nonsense: {
      asked: nonsense.length,
      found: nonsense.filter((typed) => index.search(typed, 1).total > 0).length,
    },
    keystrokeMs: {
      median: keystrokes[keystrokes.length >> 1] ?? 0,
      p95: keystrokes[Math.floor(keystrokes.length * 0.95)] ?? 0,
      most: keystrokes.at(-1) ?? 0,
    },
    missed,
  };
}

function isOutOfOrder(names: readonly string[], typed: string): boolean {
  const begins = names.map((name) => name.startsWith(typed));
  return begins.lastIndexOf(true) > begins.indexOf(false) && begins.includes(false);
}

async function clinicsOf(
  { lists }: Flags,
  say: (line: string) => void,
): Promise<DirectoryClinic[]> {
  if (!lists || !existsSync(lists)) {
    say(`${lists ? `No lists in ${lists}` : 'No lists given'}: measured on made-up ones.`);
    return (await listsOfSimulator()).flatMap(clinicsIn);
  }
  const files = readdirSync(lists).filter((name) => name.endsWith('.json'));
  return files.flatMap((name) => {
    const found = clinicsIn(readFileSync(join(lists, name), 'utf8'));
    say(`${name}: ${found.length}`);
    return [...found];
  });
}

/** None of a list that has no names: an import refuses it. */
function clinicsIn(text: string): readonly DirectoryClinic[] {
  try {
    return vendorOfList(text)?.directory?.read(text).clinics ?? [];
  } catch (error) {
    if (isChartfoldError(error, 'directory.no_names')) return [];
    throw error;
  }
}

function queriesOf(
  { queries }: Flags,
  clinics: readonly DirectoryClinic[],
  say: (line: string) => void,
): Query[] {
  if (!queries || !existsSync(queries)) {
    say(`${queries ? `There is no ${queries}` : 'No queries given'}: measured with made-up ones.`);
    return madeQueries(clinics);
  }
  const [, ...lines] = readFileSync(queries, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [kind = '', typed = '', wanted = ''] = line.split('\t');
    return { kind, typed, wanted };
  });
}

/** Two names are the same where letters and digits are. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

function textOf(f: DirectoryFigures): string {
  const ms = (n: number) => n.toFixed(1);
  const all = Object.values(f.kinds);
  const sum = (pick: (k: (typeof all)[number]) => number) => all.reduce((n, k) => n + pick(k), 0);
  return [
    `${f.clinics} clinics, indexed in ${Math.round(f.indexMs)} ms`,
    ...Object.entries(f.kinds).map(
      ([kind, k]) =>
        `  ${kind.padEnd(14)}${k.first} of ${k.queries} first, ${k.firstFive} in the first five`,
    ),
    `  ${'all'.padEnd(14)}${sum((k) => k.first)} of ${sum((k) => k.queries)} first, ${sum((k) => k.firstFive)} in the first five`,
    `beginnings: ${f.beginnings.outOfOrder} of ${f.beginnings.asked} out of order`,
    `nonsense: ${f.nonsense.found} of ${f.nonsense.asked} found something`,
    `a keystroke: median ${ms(f.keystrokeMs.median)} ms, 95 of 100 within ${ms(f.keystrokeMs.p95)} ms, at most ${ms(f.keystrokeMs.most)} ms`,
    ...f.missed,
  ].join('\n');
}

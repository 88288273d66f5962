// Owns what searches for clinics are measured with where nothing is given: the simulator's lists at full size, queries
// made from their names by fixed rules, and words that no clinic has.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vendors } from '../../portals/index.ts';
import type { DirectoryClinic } from '../../portals/portal.ts';
import { laidOutAt } from '../../portals/registry.ts';
import { startSimulatorProcess } from '../simulator-process.ts';

export type Query = { readonly kind: string; readonly typed: string; readonly wanted: string };

/** The texts of the simulated vendors' lists, at full size. */
export async function listsOfSimulator(): Promise<string[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'chartfold-'));
  const simulator = await startSimulatorProcess({
    port: 0,
    stateDir,
    publicHost: '127.0.0.1',
    clients: [],
    args: ['--clinics', 'full'],
  });
  try {
    const urls = vendors.flatMap(({ portal: { id, environments } }) => {
      const own = environments.production;
      const here = own && laidOutAt(`${simulator.url}/${id}/production`, own).directoryUrl;
      return here ? [here] : [];
    });
    return await Promise.all(urls.map(async (url) => (await fetch(url)).text()));
  } finally {
    await simulator.stop();
    await rm(stateDir, { recursive: true });
  }
}

/** Two hundred searches by fixed rules, four kinds in turn. Names that several clinics have may answer each. */
export function madeQueries(clinics: readonly DirectoryClinic[]): Query[] {
  const step = Math.max(1, Math.floor(clinics.length / 200));
  const chosen = clinics.filter((_, at) => at % step === 0).slice(0, 200);
  return chosen.map(({ name: wanted }, at) => {
    const lower = wanted.toLowerCase().replace(/[^\p{L}\p{N} ]+/gu, ' ');
    const words = lower.split(/\s+/).filter((word) => word !== '');
    if (at % 4 === 1) return { kind: 'typo', typed: slipped(words, at), wanted };
    if (at % 4 === 2 && words.length > 3)
      return { kind: 'missing', typed: words.toSpliced(at % words.length, 1).join(' '), wanted };
    const short = words.map((word) => shortForms[word] ?? word).join(' ');
    if (at % 4 === 3 && short !== words.join(' '))
      return { kind: 'abbreviation', typed: short, wanted };
    return { kind: 'exact', typed: words.join(' '), wanted };
  });
}

const shortForms: Readonly<Record<string, string>> = {
  associates: 'assoc',
  center: 'ctr',
  community: 'comm',
  family: 'fam',
  health: 'hlth',
  hospital: 'hosp',
  medical: 'med',
  medicine: 'med',
  memorial: 'mem',
  pediatrics: 'peds',
  regional: 'reg',
};

/** Two letters exchanged, or one left out, in the longest word. */
function slipped(words: readonly string[], at: number): string {
  const longest = words.toSorted((a, b) => b.length - a.length)[0] ?? '';
  const cut = 1 + (at % Math.max(1, longest.length - 2));
  const wrong =
    at % 8 < 4
      ? longest.slice(0, cut) + longest.slice(cut + 1)
      : longest.slice(0, cut) + (longest[cut + 1] ?? '') + longest[cut] + longest.slice(cut + 2);
  return words.map((word) => (word === longest ? wrong : word)).join(' ');
}

/** What no clinic is called. */
export const nonsense: readonly string[] = [
  'asdfgh',
  'qwertyuiop',
  'zxcvbnm',
  'blorptastic fnord',
  'xkcd 12345',
  'purple elephant dishwasher',
  'cheap flight tickets',
  'lorem ipsum dolor',
  'hjkl hjkl',
  'florble garp',
  'how to bake bread',
  'pizza with extra cheese',
  'kjhgfdsa',
  'banana smoothie recipe',
  'aaaaaaaaaa',
  'brontosaurus riding lesson',
  'guitar chords wonderwall',
  'wxyz qvbn',
  'mortgage calculator',
  'used car dealership',
  'xylophone zebra',
  '!!! ???',
  '99999999',
  'football scores yesterday',
  'quantum entanglement paradox',
  'lkjsdf oiwer',
  'movie theater showtimes',
  'submarine sandwich coupon',
  'vvvvv',
  'javascript undefined function',
];

// Owns what is said of a configuration that can be read, and may not be what was meant.

import { baseKeys } from './keys.ts';

const PREFIX = 'CHARTFOLD_';
/** Read by the tests of this program, not by itself. */
const OF_TESTS = /^CHARTFOLD_(BROWSER|SHOTS|SIMULATOR_CLIENTS|TEST_\w+)$/;
/** A key as near as this to a known one is taken for a slip of it, in characters put in, left out or exchanged. */
const NEAR = 4;

/** Warnings, a sentence or two each; no value is quoted. */
export function configWarnings(env: NodeJS.ProcessEnv): string[] {
  const known: readonly string[] = baseKeys.map(({ name }) => name);
  const unread = Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !known.includes(name) && !OF_TESTS.test(name),
  );
  const trusted = (env.TRUSTED_PROXIES ?? '').split(',').map((text) => text.trim());
  return [
    ...unread.map((name) => {
      const near = nearest(name, known);
      return `${name} is not read.${near ? ` Is ${near} meant?` : ''}`;
    }),
    ...(trusted.some((network) => /^(0\.0\.0\.0|::|0::0)\/0$/.test(network))
      ? [
          'TRUSTED_PROXIES trusts everybody: whoever asks can say to come from anywhere, past every limit of tries. Name the proxy alone.',
        ]
      : []),
  ];
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const [best] = known
    .filter((one) => one.startsWith(PREFIX))
    .map((one) => ({ one, far: distance(name, one) }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= NEAR ? best.one : undefined;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1)
      next.push(
        Math.min(
          (next[j] ?? 0) + 1,
          (row[j + 1] ?? 0) + 1,
          (row[j] ?? 0) + (letter === b[j] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

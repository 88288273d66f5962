// Owns two limits: how long a file of code may be, and how much script a browser has to read before a page's first
// content. The length of functions is the linter's (max-lines-per-function).

import { brotliCompressSync } from 'node:zlib';
import { parseSync } from 'vite';
import { fromFindings, type Outcome } from './outcome.ts';
import { filesOf, textOf } from './tree.ts';
import { builtFiles } from './web-build.ts';

const MAX_LINES = 500;
const NORM_LINES = 300;
const MAX_SCRIPT_BYTES = 200_000;

/** Checks the tree and what was built from it. */
export function checkSizes(): Outcome {
  const files = filesOf(/^(src|simulator|e2e|scripts|bin)\/.*\.(ts|tsx|js|mjs)$/).map((path) => ({
    path,
    text: textOf(path),
  }));
  const script = scriptBeforeContent(builtFiles());
  return fromFindings(
    [...files.flatMap(longFile), ...tooManyLong(files), ...heavyPages(script)],
    `script of the heaviest page ${Math.round(Math.max(0, ...Object.values(script)) / 1000)} kB`,
  );
}

type File = { readonly path: string; readonly text: string };

/** A file over the limit, unless its first lines say that it is long on purpose. */
export function longFile({ path, text }: File): string[] {
  const lines = text.split('\n').length - 1;
  const header = text.split('\n').slice(0, 6).join('\n');
  return lines > MAX_LINES && !/long on purpose|long list/i.test(header)
    ? [`${path}: ${lines} lines, more than ${MAX_LINES}; divide it, or say why in its header`]
    : [];
}

/** Nine files in ten keep the norm. */
export function tooManyLong(files: readonly File[]): string[] {
  const long = files.filter(({ text }) => text.split('\n').length - 1 > NORM_LINES);
  return long.length * 10 > files.length
    ? [
        `${long.length} of ${files.length} files are longer than ${NORM_LINES} lines, more than one in ten`,
      ]
    : [];
}

function heavyPages(script: Readonly<Record<string, number>>): string[] {
  return Object.entries(script)
    .filter(([, bytes]) => bytes > MAX_SCRIPT_BYTES)
    .map(
      ([page, bytes]) =>
        `${page}: ${bytes} bytes of script (brotli) before its content, more than ${MAX_SCRIPT_BYTES}`,
    );
}

/**
 * Bytes of script, compressed, that each page needs before it shows anything: the entry, the page's own chunk, and
 * what both import statically.
 */
export function scriptBeforeContent(build: ReadonlyMap<string, string>): Record<string, number> {
  const html = build.get('index.html') ?? '';
  const entries = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(
    (m) => m[1] ?? '',
  );
  if (entries.length === 0)
    throw new Error('dist/web/index.html names no script; build the web part');
  const pages = [...build.keys()].filter((name) => /-page-[^/]*\.js$/.test(name));
  const sizes = new Map<string, number>();
  const size = (name: string) => {
    const known = sizes.get(name) ?? brotliCompressSync(build.get(name) ?? '').length;
    sizes.set(name, known);
    return known;
  };
  const bytes = (names: Iterable<string>) => [...names].reduce((n, name) => n + size(name), 0);
  return Object.fromEntries(
    [...pages, 'the frame'].map((page) => {
      const needed = new Set<string>();
      for (const name of [...entries, ...(build.has(page) ? [page] : [])])
        collect(name, build, needed);
      return [page, bytes(needed)];
    }),
  );
}

function collect(name: string, build: ReadonlyMap<string, string>, into: Set<string>): void {
  const text = build.get(name);
  if (text === undefined || into.has(name)) return;
  into.add(name);
  for (const { moduleRequest } of parseSync(name, text).module.staticImports)
    collect(moduleRequest.value.replace(/^\.\//, 'assets/'), build, into);
}

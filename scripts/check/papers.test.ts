// Proves that the checks of pages and sizes find what they are for.

import { describe, expect, it } from 'vitest';
import { anchorOf, deadLinks, foreignPlaces, lostPaths } from './docs.ts';
import { longFile, scriptBeforeContent, tooManyLong } from './sizes.ts';

const pages: Readonly<Record<string, readonly string[]>> = {
  'docs/a.md': ['one-thing'],
  'b.md': [],
};
const headings = (path: string) => (pages[path] ? new Set(pages[path]) : null);

describe('the check of links', () => {
  it.each([
    ['a page that is not there', '[x](c.md)', ['docs/a.md: c.md leads nowhere']],
    [
      'a heading that is not there',
      '[x](../b.md#two)',
      ['docs/a.md: ../b.md#two: there is no such heading'],
    ],
    [
      'a heading of its own that is not there',
      '[x](#two)',
      ['docs/a.md: #two: there is no such heading'],
    ],
    ['nothing wrong', '[x](../b.md) [y](a.md#one-thing) [z](https://example.org/c.md)', []],
    ['nothing in code', '`[x](c.md)`\n```\n[x](c.md)\n```', []],
  ])('finds %s', (_what, text, found) => {
    expect(deadLinks('docs/a.md', text, headings)).toEqual(found);
  });

  it('makes anchors as the hosts of repositories do', () => {
    expect(anchorOf("What isn't: `npm test`")).toBe('what-isnt-npm-test');
  });
});

describe('the check of paths', () => {
  it('finds a path named in code that is not there, and passes over patterns', () => {
    const text = 'See `src/a.ts`, `src/b.ts`, `portals/*/behaviour.ts` and `src/<id>/portal.ts`.';
    expect(lostPaths('docs/a.md', text, (path) => path === 'src/a.ts')).toEqual([
      'docs/a.md: src/b.ts is not there',
    ]);
  });
});

describe('the check of places', () => {
  // Put together here, since this file is looked at too.
  const folder = ['', 'home', 'me', 'clone'].join('/');
  it.each([
    ['a folder of one machine', `cd ${folder}/x`],
    ['a resolved address in a lock file', `"${'resolved'}": "https://example.org/a.tgz"`],
    ['a host of packages', `see https:${'//npm.'}${'registry'}.example.org/a`],
  ])('finds %s', (_what, line) => {
    expect(foreignPlaces('a.md', `one\n${line}\n`)).toHaveLength(1);
    expect(foreignPlaces('a.md', `one\n${line}\n`)[0]).toMatch(/^a\.md:2: /);
  });

  it('lets pass what everyone has', () => {
    expect(
      foreignPlaces('a.md', 'cd src/home/parts; ls /etc/chartfold /var/lib/chartfold'),
    ).toEqual([]);
  });
});

describe('the check of sizes', () => {
  const lines = (count: number, header = '// Owns a.') => `${header}\n${'x\n'.repeat(count - 1)}`;

  it('finds a file of more than 500 lines', () => {
    expect(longFile({ path: 'a.ts', text: lines(500) })).toEqual([]);
    expect(longFile({ path: 'a.ts', text: lines(501) })).toHaveLength(1);
  });

  it('lets a file be long that says so in its header', () => {
    expect(
      longFile({ path: 'a.ts', text: lines(600, '// Owns a list. Long on purpose.') }),
    ).toEqual([]);
  });

  it('finds when more than one file in ten is over the norm', () => {
    const files = (long: number) =>
      Array.from({ length: 10 }, (_, n) => ({ path: `${n}.ts`, text: lines(n < long ? 301 : 10) }));
    expect(tooManyLong(files(1))).toEqual([]);
    expect(tooManyLong(files(2))).toHaveLength(1);
  });

  it('counts for each page the entry, its own chunk and what they import, each once', () => {
    const build = new Map([
      ['index.html', '<script src="/assets/index-1.js"></script>'],
      ['assets/index-1.js', 'import "./shared-1.js"; import("./a-page-1.js");'],
      ['assets/shared-1.js', 'export const a = 1;'],
      ['assets/a-page-1.js', 'import { a } from "./shared-1.js"; import "./deep-1.js";'],
      ['assets/deep-1.js', 'export const b = 2;'],
    ]);
    const script = scriptBeforeContent(build);
    const alone = scriptBeforeContent(
      new Map([...build].filter(([name]) => !/deep|a-page/.test(name))),
    );
    expect(script['the frame']).toBe(alone['the frame']);
    expect(script['assets/a-page-1.js']).toBeGreaterThan(script['the frame'] ?? 0);
  });
});

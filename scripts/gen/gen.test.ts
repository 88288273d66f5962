// Proves what the generators rest on: citations are found, tables are read as they are written, drift is seen.

import { describe, expect, it } from 'vitest';
import { drift } from '../check/generated.ts';
import { artefacts } from './artefacts.ts';
import { attacksIn } from './attacks.ts';
import { citationsIn, tableOf } from './conformance.ts';
import { readCsv, writeCsv } from './csv.ts';

describe('citations of a standard', () => {
  it('are found in the names of tests, several in one', () => {
    const text = [
      "it('refuses a state [SMART 2.2 @4 @60]', () => {});",
      "it.each(a)('takes %s, and the portal\\'s own [SMART 2.2 @201]', () => {});",
      "it('says nothing of it', () => {}); // [SMART 2.2 @1]",
    ].join('\n');
    expect(citationsIn('a.test.ts', text)).toEqual([
      { id: '@4', test: 'a.test.ts: refuses a state' },
      { id: '@60', test: 'a.test.ts: refuses a state' },
      { id: '@201', test: "a.test.ts: takes %s, and the portal's own" },
    ]);
  });

  it('of an id that is not in the list are an error', () => {
    expect(() => tableOf([['@1', 'SHALL', 'x', 'why']], [{ id: '@2', test: 't' }])).toThrow(/@2/);
  });

  it('or a reason are needed for each point', () => {
    expect(() => tableOf([['@1', 'SHALL', 'x', '']], [])).toThrow(/@1/);
    expect(tableOf([['@1', 'SHALL', 'x', 'why']], [])).toContain('@1,SHALL,x,,why');
    expect(tableOf([['@1', 'SHALL', 'x', 'why']], [{ id: '@1', test: 't' }])).toContain(
      '@1,SHALL,x,t,\n',
    );
  });
});

describe('attacks', () => {
  it('are found in the names of tests, by each number that they cite', () => {
    const text = [
      "it('is refused: %j [CWE-352]', () => {});",
      "it('ends [ASVS 7.4.2] and is gone [CWE-613]', () => {});",
      "it('says nothing of it', () => {}); // [CWE-1]",
    ].join('\n');
    expect(attacksIn('a.test.ts', text)).toEqual([
      { cites: 'CWE-352', test: 'is refused: %j', path: 'a.test.ts' },
      { cites: 'ASVS 7.4.2', test: 'ends and is gone', path: 'a.test.ts' },
      { cites: 'CWE-613', test: 'ends and is gone', path: 'a.test.ts' },
    ]);
  });
});

describe('comma-separated values', () => {
  it.each([
    [
      'plain cells',
      [
        ['a', 'b'],
        ['1', ''],
      ],
    ],
    [
      'quotes, commas and line breaks',
      [
        ['a "b"', 'c,d'],
        ['e\nf', ''],
      ],
    ],
    ['one column', [['a'], ['b']]],
  ])('are read as they were written: %s', (_what, rows) => {
    expect(readCsv(writeCsv(rows))).toEqual(rows);
  });
});

describe('generated files', () => {
  it('that differ are told with the line', () => {
    expect(drift('a', 'one\ntwo\n', 'one\n2\n')[0]).toMatch(/^a:2: .*"2"/);
    expect(drift('a', null, 'x')[0]).toMatch(/missing/);
    expect(drift('a', 'x', 'x')).toEqual([]);
  });

  it.each(Object.keys(artefacts))('are made the same each time: %s', (path) => {
    expect(artefacts[path]?.()).toBe(artefacts[path]?.());
  });
});

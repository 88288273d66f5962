// Proves that the boundary check can fail: each rule is breached by a made-up file, and the tree as it is keeps all.

import { describe, expect, it } from 'vitest';
import { breachesIn, checkBoundaries } from './boundaries.ts';

const breaches: readonly (readonly [rule: string, path: string, text: string, why: RegExp])[] = [
  [
    'platform imports no other folder',
    'src/platform/a.ts',
    `import { b } from '../fhir/b.ts';`,
    /platform may not import fhir/,
  ],
  [
    'fhir knows no database',
    'src/fhir/a.ts',
    `import type { Db } from '../platform/db/db.ts';`,
    /fhir may not import platform\/db/,
  ],
  [
    'records knows no portal',
    'src/records/a.ts',
    `export { b } from '../portals/registry.ts';`,
    /records may not import portals/,
  ],
  [
    'smart and access stay apart',
    'src/smart/a.ts',
    `import { b } from '../access/people.ts';`,
    /smart may not import access/,
  ],
  [
    'portals make no call',
    'src/portals/a/a.ts',
    `import { outbound } from '../../platform/outbound.ts';`,
    /portals may not import platform\/outbound/,
  ],
  [
    'portals take only types of smart',
    'src/portals/a.ts',
    `import { b } from '../smart/token.ts';`,
    /only types of smart/,
  ],
  [
    'connections and chart stay apart',
    'src/chart/a.ts',
    `import { b } from '../connections/context.ts';`,
    /chart may not import connections/,
  ],
  [
    'nothing below sync imports it',
    'src/imports/a.ts',
    `const b = await import('../sync/run.ts');`,
    /imports may not import sync/,
  ],
  [
    'http makes no call to a portal',
    'src/http/a.ts',
    `import { b } from '../connections/authorised-fetch.ts';`,
    /http may not import/,
  ],
  [
    'http does not import the command line',
    'src/http/a.ts',
    `import { b } from '../cli/verb.ts';`,
    /http may not import cli/,
  ],
  [
    'a portal is opened by portals alone',
    'src/sync/a.ts',
    `import { b } from '../portals/one/portal.ts';`,
    /own folder/,
  ],
  [
    'the web part takes only types of the contract',
    'src/web/app/a.ts',
    `import { person } from '../../http/contract.ts';`,
    /only types of http/,
  ],
  [
    'the web part imports no server module',
    'src/web/a.ts',
    `import type { Db } from '../platform/db/db.ts';`,
    /web may not import platform/,
  ],
  ['nothing imports the entry', 'src/cli/a.ts', `import '../main.ts';`, /nothing imports main/],
  [
    'a folder outside the architecture',
    'src/helpers/a.ts',
    `import { b } from '../fhir/b.ts';`,
    /not a folder of the architecture/,
  ],
  [
    'src imports nothing of the simulator',
    'src/cli/a.ts',
    `import { b } from '../../simulator/start.ts';`,
    /nothing outside itself/,
  ],
  [
    'the simulator shares no code',
    'simulator/a.ts',
    `import { b } from '../src/fhir/bundle.ts';`,
    /shares no code/,
  ],
  [
    'code does not import tests',
    'src/records/a.ts',
    `import { b } from './records.contract.ts';`,
    /imports a test/,
  ],
  [
    'a package has its home',
    'src/sync/a.ts',
    `import * as oauth from 'oauth4webapi';`,
    /oauth4webapi may be imported only in smart/,
  ],
  [
    'a type import counts too',
    'src/sync/a.ts',
    `let b: import('../http/app.ts').App;`,
    /sync may not import http/,
  ],
  [
    'fetch belongs to platform',
    'src/sync/a.ts',
    `await fetch('https://example.org');`,
    /fetch is used outside platform/,
  ],
  [
    'fetch under its long name',
    'src/sync/a.ts',
    `await globalThis.fetch('/');`,
    /fetch is used outside platform/,
  ],
  [
    'the environment belongs to platform',
    'src/smart/a.ts',
    `const a = process.env.HOME;`,
    /process is used/,
  ],
  ['the console belongs to nobody', 'src/cli/a.ts', `console.log(1);`, /console is used/],
  ['the clock belongs to platform', 'src/records/a.ts', `const at = Date.now();`, /clock is used/],
  ['the clock in its other form', 'src/records/a.ts', `const at = new Date();`, /clock is used/],
  ['a vendor in a string', 'src/sync/a.ts', `const header = 'ah-practice';`, /names a vendor/],
  // Known by its folder alone.
  ['a vendor that has a folder', 'src/sync/a.ts', `const id = 'healow';`, /names a vendor: healow/],
  ['a vendor in an identifier', 'src/http/a.ts', `const athenaUrl = 1;`, /names a vendor/],
  [
    'a vendor in a page',
    'src/web/a.tsx',
    `export const A = () => <p>Sign in to MyChart</p>;`,
    /names a vendor/,
  ],
];

const allowed: readonly (readonly [what: string, path: string, text: string])[] = [
  ['downwards', 'src/sync/a.ts', `import { b } from '../records/commit.ts';`],
  ['types of smart in portals', 'src/portals/a.ts', `import type { B } from '../smart/token.ts';`],
  [
    'types of the contract in the web part',
    'src/web/a.ts',
    `import type { B } from '../http/contract.ts';`,
  ],
  [
    "a portal's behaviour in the simulator",
    'simulator/a.ts',
    `import { b } from '../src/portals/one/behaviour.ts';`,
  ],
  [
    'anything in a test',
    'src/platform/a.test.ts',
    `import { b } from '../http/app.ts'; console.log(Date.now());`,
  ],
  ['a vendor in a comment', 'src/sync/a.ts', `// As athenahealth does it.\nexport const a = 1;`],
  [
    'a parameter that is called fetch',
    'src/smart/a.ts',
    `export const a = (fetch: () => void) => fetch();`,
  ],
  [
    'a member that is called fetch',
    'src/smart/a.ts',
    `declare const b: { fetch(): void }; b.fetch();`,
  ],
  ['a date from a value', 'src/chart/a.ts', `export const a = (s: string) => new Date(s);`],
];

describe('the boundary check', () => {
  it.each(breaches)('finds a breach: %s', (_rule, path, text, why) => {
    const found = breachesIn(path, text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(why);
    expect(found[0]).toMatch(new RegExp(`^${path}:1: `));
  });

  it.each(allowed)('lets pass: %s', (_what, path, text) => {
    expect(breachesIn(path, text)).toEqual([]);
  });

  it('finds none in the tree as it is', () => {
    expect(checkBoundaries().output).toBe('');
  });
});

import { describe, expect, it } from 'vitest';
import { type Part, sbom, shippedParts } from '../gen/sbom.ts';
import { licenceFault } from './licences.ts';

const part = (licence: string | null): Part => ({
  ...{ name: 'a', version: '1.0.0', licence, integrity: null },
  ...{ purl: 'pkg:npm/a@1.0.0', needs: [] },
});

describe('a licence', () => {
  it.each(['MIT', 'Apache-2.0', '(GPL-3.0 OR MIT)', 'MIT AND ISC'])('is allowed: %s', (licence) =>
    expect(licenceFault(part(licence))).toEqual([]),
  );
  it.each(['GPL-3.0', 'AGPL-3.0-only', 'MIT AND GPL-2.0', 'SEE LICENSE IN LICENSE', 'UNLICENSED'])(
    'is not allowed: %s',
    (licence) => expect(licenceFault(part(licence))[0]).toContain(licence),
  );
  it('that is not named is a fault', () => {
    expect(licenceFault(part(null))).toEqual(['a 1.0.0: names no licence']);
  });
});

describe('the parts that are shipped', () => {
  const packages = {
    '': { dependencies: { a: '1' }, devDependencies: { page: '1', tool: '1' } },
    'node_modules/a': { version: '1.0.0', license: 'MIT', dependencies: { '@s/b': '^2' } },
    'node_modules/a/node_modules/@s/b': { version: '2.0.0', peerDependencies: { c: '*', d: '*' } },
    'node_modules/@s/b': { version: '1.0.0' },
    'node_modules/c': { version: '3.0.0' },
    'node_modules/page': { version: '1.0.0', optionalDependencies: { '@s/b': '1' } },
    'node_modules/tool': { version: '1.0.0' },
  };

  it('are what the server needs and what the pages import, each at its own place', () => {
    const names = (imported: string[]) => shippedParts(packages, imported).map((one) => one.purl);
    const server = ['pkg:npm/%40s/b@2.0.0', 'pkg:npm/a@1.0.0', 'pkg:npm/c@3.0.0'];
    expect(names([])).toEqual(server);
    expect(names(['page', 'react'])).toEqual(
      [...server, 'pkg:npm/page@1.0.0', 'pkg:npm/%40s/b@1.0.0'].sort(),
    );
  });

  it('are in the list of parts with their hashes, and each refers to what is there', () => {
    const { components, dependencies } = JSON.parse(sbom()) as {
      components: { 'bom-ref': string; name: string; hashes?: { content: string }[] }[];
      dependencies: { ref: string; dependsOn: string[] }[];
    };
    const refs = new Set(components.map((one) => one['bom-ref']));
    expect(refs.size).toBe(components.length);
    for (const name of ['hono', 'react', 'undici', '@peculiar/x509'])
      expect(components.find((one) => one.name === name)?.hashes?.[0]?.content).toMatch(
        /^[\da-f]{128}$/,
      );
    for (const name of ['vite', 'vitest', 'typescript', 'playwright-core'])
      expect(components.some((one) => one.name === name)).toBe(false);
    for (const { dependsOn } of dependencies)
      expect(dependsOn.filter((ref) => !refs.has(ref))).toEqual([]);
  });
});

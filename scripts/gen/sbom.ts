// Owns the list of all parts that are shipped (SBOM), CycloneDX 1.6, from the lock file alone: what the server runs on,
// and what is built into the web part.

import { filesOf, textOf } from '../check/tree.ts';

/** A package of the lock file that is shipped. */
export type Part = {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression; null where the package names none. */
  readonly licence: string | null;
  /** `sha512-` and base64. */
  readonly integrity: string | null;
  /** Package URLs. */
  readonly purl: string;
  readonly needs: readonly string[];
};

type Entry = {
  version?: string;
  license?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optional?: boolean;
};
type Packages = Readonly<Record<string, Entry>>;

/** The list as text; the same lock file and sources give the same bytes. */
export function sbom(): string {
  const packages = lockedPackages();
  const own = packages[''] ?? {};
  const parts = shippedParts(packages, webImports());
  const self = `pkg:npm/chartfold@${own.version}`;
  const roots = rootsOf(packages, webImports()).map((path) => purlOf(packages, path));
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': self,
        name: 'chartfold',
        version: own.version,
        licenses: [{ expression: own.license }],
        purl: self,
      },
    },
    components: parts.map(component),
    dependencies: [{ ref: self, dependsOn: unique(roots) }].concat(
      parts.map((part) => ({ ref: part.purl, dependsOn: [...part.needs] })),
    ),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Every package that is shipped, once, by name. */
export function shippedParts(
  packages: Packages = lockedPackages(),
  imported: readonly string[] = webImports(),
): Part[] {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    for (const next of neededBy(packages, path)) visit(next);
  };
  for (const root of rootsOf(packages, imported)) visit(root);
  const parts = new Map<string, Part>();
  for (const path of reached) {
    const { version = '', license = null, integrity = null } = packages[path] ?? {};
    const purl = purlOf(packages, path);
    const needs = unique([
      ...(parts.get(purl)?.needs ?? []),
      ...neededBy(packages, path).map((next) => purlOf(packages, next)),
    ]);
    parts.set(purl, { name: nameOf(path), version, licence: license, integrity, purl, needs });
  }
  return [...parts.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

function lockedPackages(): Packages {
  return (JSON.parse(textOf('package-lock.json')) as { packages: Packages }).packages;
}

/** What the server needs, and of what the build needs that which the pages import. */
function rootsOf(packages: Packages, imported: readonly string[]): string[] {
  const { dependencies = {}, devDependencies = {} } = packages[''] ?? {};
  const bundled = Object.keys(devDependencies).filter((name) => imported.includes(name));
  return [...Object.keys(dependencies), ...bundled].map((name) => `node_modules/${name}`);
}

/** Names of the packages that the pages import, and whose fonts they take; tests left out. */
function webImports(): string[] {
  const files = filesOf(/\.(ts|tsx|css|html)$/, 'src/web').filter((path) => !/\.test\./.test(path));
  const named =
    /(?:from|import|url)\s*\(?\s*['"](?:[./]*node_modules\/)?((?:@[\w-]+\/)?[\w-][\w.-]*)/g;
  return files.flatMap((path) => [...textOf(path).matchAll(named)].map(([, name = '']) => name));
}

/** Where the packages lie that this one needs: the nearest folder above, as Node looks for them. */
function neededBy(packages: Packages, path: string): string[] {
  const { dependencies, optionalDependencies, peerDependencies } = packages[path] ?? {};
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
  return names.flatMap((name) => {
    for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
      const place = from ? `${from}/node_modules/${name}` : `node_modules/${name}`;
      if (packages[place]) return [place];
      // A peer, or a build for another platform, that is not locked.
      if (!from) return [];
    }
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function purlOf(packages: Packages, path: string): string {
  return `pkg:npm/${nameOf(path).replace('@', '%40')}@${packages[path]?.version}`;
}

function component({ name, version, licence, integrity, purl }: Part): object {
  const hash = integrity?.startsWith('sha512-')
    ? Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex')
    : null;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    ...(hash ? { hashes: [{ alg: 'SHA-512', content: hash }] } : {}),
    ...(licence ? { licenses: [{ expression: licence }] } : {}),
    purl,
  };
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

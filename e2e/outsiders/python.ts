// Owns finding a Python that has a package of Debian, and fetching the package where this machine may. Where it can't be
// had, it says why.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A Python that can import the module; or why there is none. */
export type FoundPython =
  | { readonly python: string; readonly missing: null }
  | { readonly python: null; readonly missing: string };

/** Finds it, fetching the Debian package where that is not here yet. */
export function pythonWith(module: string, debianPackage: string): FoundPython {
  const before = found(module);
  if (before) return { python: before, missing: null };
  const why = fetched(debianPackage);
  const now = found(module);
  if (now) return { python: now, missing: null };
  return { python: null, missing: `${debianPackage} can’t be had: ${why}` };
}

/** Debian's own first: its packages are seen by no other. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

function found(module: string): string | undefined {
  return PYTHONS.find((python) => runs(python, ['-c', `import ${module}`]));
}

function fetched(debianPackage: string): string {
  if (!existsSync('/etc/debian_version')) return 'this is no Debian system';
  if (process.getuid?.() !== 0) return 'installing it needs root';
  const install = ['install', '-y', '-q', '--no-install-recommends', debianPackage];
  // The lists of a fresh machine are empty.
  const isThere =
    runs('apt-get', install) || (runs('apt-get', ['update', '-q']) && runs('apt-get', install));
  return isThere ? 'it was installed and is not found' : 'apt-get could not install it';
}

function runs(program: string, args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(program, args, { env, stdio: 'ignore' }).status === 0;
}

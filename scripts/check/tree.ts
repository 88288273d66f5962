// Owns which files the checks look at: those of the project, not what was installed, built or left by a run.

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The clone's own folder. */
export const ROOT = resolve(import.meta.dirname, '../..');

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', '.vitest', 'shots']);

/** Paths from the root, with `/`, sorted; `pattern` chooses among them. */
export function filesOf(pattern: RegExp, folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !NOT_OURS.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder ? `${folder}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return filesOf(pattern, path);
      return pattern.test(path) ? [path] : [];
    });
}

/** The text of a file of the project. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

// Owns reading the built web part: the page and its scripts.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tree.ts';

/** Names from dist/web (`index.html`, `assets/….js`) and their texts. @throws when nothing was built */
export function builtFiles(): ReadonlyMap<string, string> {
  const web = join(ROOT, 'dist', 'web');
  const scripts = readdirSync(join(web, 'assets')).filter((name) => name.endsWith('.js'));
  const names = ['index.html', ...scripts.map((name) => `assets/${name}`)];
  return new Map(names.map((name) => [name, readFileSync(join(web, name), 'utf8')]));
}

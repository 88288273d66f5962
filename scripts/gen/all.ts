// Owns the writing of every generated file: `node scripts/gen/all.ts`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../check/tree.ts';
import { artefacts } from './artefacts.ts';

for (const [path, make] of Object.entries(artefacts)) {
  const file = join(ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, make());
  process.stdout.write(`${path}\n`);
}

// Owns the way to what others wrote and only tests meet: it lies outside the app's own packages, under tools/counterparts.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { TestContext } from 'vitest';

const FOLDER = resolve(import.meta.dirname, '../../tools/counterparts');
const load = createRequire(join(FOLDER, 'package.json'));
const areInstalled = existsSync(join(FOLDER, 'node_modules', '.chartfold'));

/** Loads a package of theirs; what of it is used, the caller says. */
export function counterpart(name: string): unknown {
  return load(name);
}

/** Passes the test over where they could not be installed. */
export function needsCounterparts(context: TestContext): void {
  context.skip(!areInstalled, 'the packages of tools/counterparts could not be installed');
}

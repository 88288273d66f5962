// Owns the copies of the database that are made before its tables are brought to a new form. They open with the same key.

import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renameDurably, syncPath } from '../durable.ts';

const KEPT = 2;

/** The folder of a database's copies. */
export function upgradeCopies(databaseFile: string): string {
  return join(dirname(databaseFile), 'before-upgrade');
}

/**
 * Copies a database whose log is written back, named by the last migration it has seen; the last two copies are kept.
 * @returns the copy
 */
export function copyBeforeUpgrade(databaseFile: string, lastMigration: string): string {
  const folder = upgradeCopies(databaseFile);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const copy = join(folder, `${lastMigration}.sqlite`);
  const temporary = `${copy}.tmp`;
  copyFileSync(databaseFile, temporary);
  syncPath(temporary);
  renameDurably(temporary, copy);
  const old = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((file) => file !== copy)
    .map((file) => ({ file, at: statSync(file).mtimeMs }))
    .sort((a, b) => b.at - a.at)
    .slice(KEPT - 1);
  for (const { file } of old) rmSync(file);
  return copy;
}

// Owns where a secret may stand: the files of a folder with their names, the lines of a log, and the rows of a store, read past the program
// through a keyed connection. Tables and columns are those that the database itself names.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openRaw } from '../../src/platform/db/sqlite/raw.ts';
import type { Place } from './scan.ts';

/** Every file below a folder, and every name. What goes away meanwhile is passed over. */
export function placesInFiles(folder: string, called: string): Place[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    const name = join(called, relative(folder, path));
    const named = { name: `the name of a file in ${called}`, bytes: Buffer.from(name) };
    if (!entry.isFile()) return [named];
    try {
      return [named, { name: `file ${name}`, bytes: readFileSync(path) }];
    } catch {
      return [named];
    }
  });
}

/** Each line by its event. */
export function placesInLog(text: string): Place[] {
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => ({
    name: `log line ${/"event":"([^"]*)"/.exec(line)?.[1] ?? 'of no event'}`,
    bytes: Buffer.from(line),
  }));
}

/** Every value of every row of every table, and what the database says of its tables. */
export function placesInStore(file: string, keyHex: string): Place[] {
  const raw = openRaw(file, keyHex);
  try {
    const tables = raw
      .prepare<[], { name: string }>("select name from sqlite_master where type = 'table'")
      .all();
    return ['sqlite_master', ...tables.map(({ name }) => name)].flatMap((table) =>
      placesInTable(raw, table),
    );
  } finally {
    raw.close();
  }
}

function placesInTable(raw: ReturnType<typeof openRaw>, table: string): Place[] {
  const rows = raw.prepare<[], Record<string, unknown>>(`select * from "${table}"`).all();
  return rows.flatMap((row, n) =>
    Object.entries(row)
      .filter(([, value]) => value !== null)
      .map(([column, value]) => ({
        name: `${table}.${column} row ${n + 1}`,
        bytes: Buffer.isBuffer(value) ? value : Buffer.from(String(value)),
      })),
  );
}

/** The pages of a store as the cipher gives them, so that what was deleted and not yet overwritten is seen too. */
export function pagesOfStore(file: string, keyHex: string): Place {
  const raw = openRaw(file, keyHex);
  try {
    return { name: 'a page of the store', bytes: raw.serialize() };
  } finally {
    raw.close();
  }
}

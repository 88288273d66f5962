// Owns what the import tests share: a store with people and records, and files made of text.
// Imported by tests alone.

import { accessMigrations } from '../../access/migrations.ts';
import type { Db, Store } from '../../platform/db/db.ts';
import { mergeMigrations } from '../../platform/db/migrate.ts';
import { openStore } from '../../platform/db/sqlite/open.ts';
import { recordsMigrations } from '../../records/migrations.ts';
import { listCurrent } from '../../records/read.ts';
import type { FhirFile, ImportResult } from './types.ts';

export async function openEmptyStore(): Promise<Store> {
  const migrations = mergeMigrations(accessMigrations, recordsMigrations);
  return openStore({ file: ':memory:', keyHex: '2d'.repeat(32), migrations });
}

/** A file of one text, given in pieces of a few bytes, so that no border between them matters. */
export function textFile(name: string, text: string): FhirFile {
  const bytes = Buffer.from(text);
  return {
    name,
    open: async function* () {
      for (let at = 0; at < bytes.length; at += 61) yield bytes.subarray(at, at + 61);
    },
  };
}

/** A file of resources, one a line. */
export function ndjson(name: string, ...resources: object[]): FhirFile {
  return textFile(name, resources.map((resource) => `${JSON.stringify(resource)}\n`).join(''));
}

/** A Bundle file, printed over several lines. */
export function bundle(name: string, entry: object[], type = 'transaction'): FhirFile {
  return textFile(name, JSON.stringify({ resourceType: 'Bundle', type, entry }, null, 2));
}

export function patient(id: string, birthDate: string, more: object = {}): object {
  const name = [{ family: `F${birthDate}`, given: ['A'] }];
  return { resourceType: 'Patient', id, birthDate, name, ...more };
}

/** What each person reads, as `Type/id`, in order. */
export async function recordsOf(db: Db, person: string): Promise<string[]> {
  const found: string[] = [];
  for await (const row of listCurrent(db, [person])) found.push(`${row.type}/${row.fhirId}`);
  return found;
}

/** New, changed, unchanged and set aside over all files of an import. */
export function sums(result: ImportResult): number[] {
  const of = (count: (file: ImportResult['files'][number]) => number) =>
    result.files.reduce((sum, file) => sum + count(file), 0);
  return [
    of((file) => file.new),
    of((file) => file.changed),
    of((file) => file.unchanged),
    of((file) => file.setAside.length),
  ];
}

// Proves that names which every JavaScript object has mean nothing in a file: as a type they are none, as an id, a
// member, a reference or an identifier they are text like any other.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listCurrent } from '../../records/read.ts';
import type { Store } from '../../platform/db/db.ts';
import { importFhirFiles } from './import.ts';
import { ndjson, openEmptyStore, patient, recordsOf, sums, textFile } from './test-aids.ts';
import type { FhirFile, ImportResult } from './types.ts';

const NAMES = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'];

let store: Store;
beforeEach(async () => {
  store = await openEmptyStore();
});
afterEach(() => store.close());

const importOf = (...files: FhirFile[]): Promise<ImportResult> =>
  importFhirFiles(store.db, {
    files,
    person: { kind: 'new' },
    by: null,
    mayAddTo: () => true,
    now: 0,
  });
const personOf = (result: ImportResult) => result.people[0]?.id ?? '';
const ada = ndjson('ada.ndjson', patient('ada', '1985-03-01'));
const about = { subject: { reference: 'Patient/ada' } };

describe.each(NAMES)('a file with %s', (name) => {
  it('as a type sets that resource aside, and stores the rest', async () => {
    const result = await importOf(
      ada,
      ndjson(
        'f.ndjson',
        { resourceType: 'Observation', id: 'o', ...about },
        { resourceType: name, id: 'x', ...about },
      ),
    );
    expect(result.files[1]?.setAside).toEqual([{ place: 'line 2', code: 'import.not_a_resource' }]);
    expect(await recordsOf(store.db, personOf(result))).toEqual(['Observation/o', 'Patient/ada']);
  });

  it('as an id, a reference or an identifier stores it as it came, once', async () => {
    const file = ndjson(
      'f.ndjson',
      patient(name, '1985-03-01', { identifier: [{ system: name, value: name }] }),
      {
        resourceType: 'Observation',
        id: name,
        subject: { reference: `Patient/${name}` },
        encounter: { reference: name },
        performer: [
          { reference: `${name}/${name}` },
          { identifier: { system: name, value: name } },
        ],
        [`_${name}`]: { type: name },
      },
    );
    const result = await importOf(file);
    expect(sums(result)).toEqual([2, 0, 0, 0]);
    expect(await recordsOf(store.db, personOf(result))).toEqual([
      `Observation/${name}`,
      `Patient/${name}`,
    ]);
    expect(sums(await importOf(file))).toEqual([0, 0, 2, 0]);
  });

  it('as a member keeps its text, and gives no resource a patient that it does not name', async () => {
    const raw = `{"resourceType":"Observation","id":"o","${name}":{"subject":{"reference":"Patient/bo"},"resourceType":"Group"},"subject":{"reference":"Patient/ada"}}`;
    const result = await importOf(
      ada,
      ndjson('bo.ndjson', patient('bo', '1990-01-01')),
      textFile('f.ndjson', raw),
    );
    expect(sums(result)).toEqual([3, 0, 0, 0]);
    const stored: string[] = [];
    for await (const row of listCurrent(store.db, [personOf(result)])) stored.push(row.raw);
    expect(stored).toContain(raw);
  });
});

// Proves the import of FHIR files on a real store: people kept apart, references of every form, and
// that reading the same files again adds nothing.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPerson, listPeople } from '../../access/people.ts';
import type { Db, Store } from '../../platform/db/db.ts';
import { rawOf } from '../../records/read.ts';
import { listSources } from '../../records/sources.ts';
import { importFhirFiles, patientsIn } from './import.ts';
import { bundle, ndjson, openEmptyStore, patient, recordsOf, sums, textFile } from './test-aids.ts';
import type { FhirFile, ImportPerson, ImportResult } from './types.ts';

const [ada, bo, org, doc, encounter, result] = [1, 2, 3, 4, 5, 6].map(
  (n) => `${n}0000000-0000-4000-8000-00000000000${n}`,
) as [string, string, string, string, string, string];
const npi = 'http://hl7.org/fhir/sid/us-npi';

let store: Store;
let db: Db;
beforeEach(async () => {
  store = await openEmptyStore();
  db = store.db;
});
afterEach(() => store.close());

const run = (files: FhirFile[], person: ImportPerson = { kind: 'new' }): Promise<ImportResult> =>
  importFhirFiles(db, { files, person, by: null, mayAddTo: () => true, now: 0 });

const urn = (id: string, resource: object) => ({ fullUrl: `urn:uuid:${id}`, resource });

/** Hospital and doctor apart from the patient's own bundle, as Synthea writes them. */
const hospital = bundle(
  'hospital.json',
  [
    urn(org, { resourceType: 'Organization', id: org, identifier: [{ system: 's', value: 'o' }] }),
    urn('7'.repeat(8), { resourceType: 'Organization', identifier: [{ system: 's', value: 'x' }] }),
    urn(doc, {
      resourceType: 'PractitionerRole',
      id: doc,
      identifier: [{ system: npi, value: '9' }],
      organization: { identifier: { system: 's', value: 'o' } },
    }),
  ],
  'batch',
);
const adasFile = bundle('ada.json', [
  urn(result, {
    resourceType: 'Observation',
    id: result,
    subject: { reference: `urn:uuid:${ada}` },
    encounter: { reference: `urn:uuid:${encounter}` },
  }),
  urn(encounter, {
    resourceType: 'Encounter',
    id: encounter,
    subject: { reference: `urn:uuid:${ada}` },
    participant: [{ individual: { reference: `PractitionerRole?identifier=${npi}|9` } }],
  }),
  urn('aaaa', {
    resourceType: 'Provenance',
    target: [{ reference: `urn:uuid:${result}` }],
  }),
  urn(ada, patient(ada, '1985-03-04', { identifier: [{ system: 'mrn', value: 'A' }] })),
]);
const bosFile = bundle('bo.json', [
  urn(bo, patient(bo, '1990-01-01')),
  urn('bbbb', { resourceType: 'Claim', patient: { reference: `Patient/${bo}` } }),
]);

describe('files of one import', () => {
  it('are read together whatever their order, each resource going to whom it is about', async () => {
    const imported = await run([bosFile, adasFile, hospital]);
    expect(sums(imported)).toEqual([9, 0, 0, 0]);
    const people = await listPeople(db);
    expect(people.map(({ birthDate }) => birthDate).sort()).toEqual(['1985-03-04', '1990-01-01']);
    const adas = people.find(({ birthDate }) => birthDate === '1985-03-04')?.id ?? '';
    const bos = people.find(({ birthDate }) => birthDate === '1990-01-01')?.id ?? '';
    // The organization is read through the role that the encounter refers to; the other one is not.
    expect(await recordsOf(db, adas)).toEqual([
      `Encounter/${encounter}`,
      `Observation/${result}`,
      `Organization/${org}`,
      `Patient/${ada}`,
      `PractitionerRole/${doc}`,
      'Provenance/aaaa',
    ]);
    expect(await recordsOf(db, bos)).toEqual(['Claim/bbbb', `Patient/${bo}`]);
    expect((await listSources(db)).map(({ kind, origin }) => [kind, origin])).toEqual([
      ['import', 'urn:uuid'],
    ]);
  });

  it('add nothing when they are read again, in whatever order and number', async () => {
    await run([hospital, adasFile, bosFile]);
    expect(sums(await run([bosFile, adasFile, hospital]))).toEqual([0, 0, 9, 0]);
    const again = await run([adasFile], { kind: 'auto' });
    expect(sums(again)).toEqual([0, 0, 4, 0]);
    expect(again.people).toMatchObject([{ isNew: false }]);
    expect(await listPeople(db)).toHaveLength(2);
  });

  it('find what earlier imports share, by identifier', async () => {
    await run([hospital]);
    const { people } = await run([adasFile]);
    expect(await recordsOf(db, people[0]?.id ?? '')).toContain(`Organization/${org}`);
  });

  it('find the patient of an earlier import', async () => {
    const { people } = await run([adasFile]);
    const more = ndjson('more.ndjson', {
      resourceType: 'Condition',
      id: '80000000-0000-4000-8000-000000000008',
      subject: { reference: `Patient/${ada}` },
    });
    expect((await run([more], { kind: 'auto' })).people).toEqual([{ ...people[0], isNew: false }]);
  });

  it('keep the exact text of each resource [law L3]', async () => {
    const raw = `{ "resourceType":"Observation", "id":"${result}","v":565.60,
      "subject":{"reference":"Patient/${ada}"}, "v":1E2, "u":"\\u00e9 é"}`;
    const text = `{"resourceType":"Bundle","entry":[{"resource":${raw}},{"resource":
      ${JSON.stringify(patient(ada, '1985'))}}]}`;
    await run([textFile('b.json', text)]);
    const row = db.selectFrom('resource').select('id').where('type', '=', 'Observation');
    expect(await rawOf(db, (await row.executeTakeFirstOrThrow()).id)).toBe(raw);
  });

  it('from a server are known by its address, apart from another server’s with the same ids', async () => {
    const at = (base: string, birthDate: string) =>
      bundle('export.json', [
        { fullUrl: `${base}/Patient/1`, resource: patient('1', birthDate) },
        {
          fullUrl: `${base}/Observation/2`,
          resource: {
            resourceType: 'Observation',
            id: '2',
            subject: { reference: 'Patient/1' },
            performer: [{ reference: `${base}/Practitioner/3` }],
          },
        },
        {
          fullUrl: `${base}/Practitioner/3`,
          resource: { resourceType: 'Practitioner', id: '3' },
        },
      ]);
    const files = [at('https://a.example/fhir', '1985'), at('https://b.example/fhir', '1990')];
    const { people } = await run(files);
    expect(people).toHaveLength(2);
    for (const { id } of people) {
      expect(await recordsOf(db, id)).toEqual(['Observation/2', 'Patient/1', 'Practitioner/3']);
    }
    expect(sums(await run(files))).toEqual([0, 0, 6, 0]);
  });
});

describe('ids of unknown origin', () => {
  const loose = (birthDate: string) =>
    bundle('loose.json', [
      { resource: patient('1', birthDate) },
      { resource: { resourceType: 'Practitioner', id: 'p' } },
      {
        resource: {
          resourceType: 'Observation',
          id: '2',
          subject: { reference: 'Patient/1' },
          performer: [{ reference: 'Practitioner/p' }],
        },
      },
    ]);

  it('mean something only beside their patient, within their own bundle', async () => {
    const { people } = await run([loose('1985-01-01'), loose('1990-01-01')]);
    expect(people).toHaveLength(2);
    for (const { id } of people) {
      expect(await recordsOf(db, id)).toEqual(['Observation/2', 'Patient/1', 'Practitioner/p']);
    }
    expect(sums(await run([loose('1990-01-01'), loose('1985-01-01')]))).toEqual([0, 0, 6, 0]);
  });

  it('belong together over the loose files of one call', async () => {
    const patients = ndjson('Patient.ndjson', patient('1', '1985'), patient('2', '1990'));
    const conditions = ndjson(
      'Condition.ndjson',
      { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/1' } },
      { resourceType: 'Condition', id: 'd', subject: { reference: 'Patient/2' } },
    );
    const { people } = await run([conditions, patients]);
    expect(await Promise.all(people.map(({ id }) => recordsOf(db, id)))).toEqual([
      ['Condition/c', 'Patient/1'],
      ['Condition/d', 'Patient/2'],
    ]);
  });

  it('alone do not make two patients one', async () => {
    await run([ndjson('one.ndjson', patient('1', '1985'))]);
    await run([ndjson('other.ndjson', patient('1', '1990'))]);
    expect(await listPeople(db)).toHaveLength(2);
    const contradicting = ndjson('both.ndjson', patient('1', '1985'), patient('1', '1990'));
    await expect(run([contradicting])).rejects.toMatchObject({ code: 'import.person_conflict' });
  });
});

describe('whose the records are', () => {
  it('is the person with the same identifier, unless the birth dates speak against it', async () => {
    const { people } = await run([adasFile]);
    const id = { identifier: [{ system: 'mrn', value: 'A' }] };
    const same = bundle('x.json', [{ resource: patient('77', '1985-03-04', id) }]);
    const twin = bundle('y.json', [{ resource: patient('78', '1985-03-05', id) }]);
    expect((await run([same])).people).toEqual([{ ...people[0], isNew: false }]);
    expect((await run([twin])).people).toMatchObject([{ isNew: true }]);
  });

  it('may be asked before anything is stored', async () => {
    expect(await patientsIn(db, [adasFile, bosFile])).toEqual([
      { name: 'A F1985-03-04', birthDate: '1985-03-04', knownAs: null },
      { name: 'A F1990-01-01', birthDate: '1990-01-01', knownAs: null },
    ]);
    const { people } = await run([adasFile]);
    expect(await patientsIn(db, [adasFile])).toMatchObject([{ knownAs: people[0]?.id }]);
  });

  it('must be known when nobody may be made', async () => {
    const unknown = run([adasFile], { kind: 'auto' });
    await expect(unknown).rejects.toMatchObject({ code: 'import.person_unknown' });
    expect(await listSources(db)).toEqual([]);
  });

  it('is the person named, for files that name no patient too', async () => {
    const person = await createPerson(db, { name: 'Ada', birthDate: '1985-03', by: null, now: 0 });
    const named = { kind: 'named', id: person.id } as const;
    const orphan = ndjson('o.ndjson', { resourceType: 'Condition', id: 'c' });
    expect(sums(await run([adasFile, orphan], named))).toEqual([5, 0, 0, 0]);
    expect((await run([adasFile], { kind: 'auto' })).people).toEqual([
      { id: person.id, name: 'Ada', isNew: false },
    ]);
    expect(await listPeople(db)).toEqual([person]);
  });

  it.each([
    ['of another birth date', [adasFile], '1985-03-05'],
    ['with several patients', [adasFile, bosFile], null],
  ])('is not the person named when the file is %s', async (_what, files, birthDate) => {
    const { id } = await createPerson(db, { name: 'Ada', birthDate, by: null, now: 0 });
    await expect(run(files, { kind: 'named', id })).rejects.toMatchObject({
      code: 'import.person_conflict',
    });
    expect(await recordsOf(db, id)).toEqual([]);
  });

  it('is not the person named when the patient is another person here', async () => {
    await run([adasFile]);
    const { id } = await createPerson(db, { name: 'Bo', by: null, now: 0 });
    const other = run([adasFile], { kind: 'named', id });
    await expect(other).rejects.toMatchObject({ code: 'import.person_conflict' });
    await expect(run([adasFile], { kind: 'named', id: 'x' })).rejects.toMatchObject({
      code: 'person.not_found',
    });
  });

  it('is nobody when the patient is not known, although another one is', async () => {
    const stranger = ndjson('s.ndjson', {
      resourceType: 'Condition',
      id: '80000000-0000-4000-8000-000000000008',
      subject: { reference: `urn:uuid:${bo}` },
    });
    const { files, people } = await run([adasFile, stranger]);
    expect(files[1]).toMatchObject({
      refused: 'import.no_patient',
      setAside: [{ place: 'line 1', code: 'import.no_patient' }],
    });
    expect(people).toHaveLength(1);
  });

  it('is told by the name that the person has here, where no Patient ever came', async () => {
    const { id } = await createPerson(db, { name: 'Cy', by: null, now: 0 });
    const orphan = ndjson('o.ndjson', { resourceType: 'Condition', id: 'c' });
    const { people } = await run([orphan], { kind: 'named', id });
    expect(people).toEqual([{ id, name: 'Cy', isNew: false }]);
  });

  it('is nobody for a resource about several patients, and the rest goes on', async () => {
    const family = bundle('family.json', [
      urn(ada, patient(ada, '1985')),
      urn(bo, patient(bo, '1990')),
      urn('cccc', {
        resourceType: 'Appointment',
        participant: [
          { actor: { reference: `urn:uuid:${ada}` } },
          { actor: { reference: `urn:uuid:${bo}` } },
        ],
      }),
    ]);
    const { files } = await run([family]);
    expect(files[0]).toMatchObject({
      new: 2,
      setAside: [{ place: 'entry 3', code: 'import.several_patients' }],
    });
  });
});

describe('a file of which nothing can be stored', () => {
  it('is refused, with the reason of each part', async () => {
    const broken = bundle('b.json', [
      { resource: { resourceType: 'OperationOutcome', id: 'x' } },
      { resource: { id: 'y' } },
    ]);
    const { files } = await run([adasFile, broken]);
    expect(files[0]).toMatchObject({ refused: null, new: 4 });
    expect(files[1]).toMatchObject({
      refused: 'import.nothing_stored',
      read: 2,
      setAside: [
        { place: 'entry 1', code: 'import.not_a_resource' },
        { place: 'entry 2', code: 'import.not_a_resource' },
      ],
    });
  });

  it('is not refused when it holds nothing, or was stored before', async () => {
    const outcome = { resource: { resourceType: 'OperationOutcome', id: 'x' } };
    const again = bundle('a.json', [{ resource: patient('p', '1985') }, outcome]);
    const { files } = await run([bundle('e.json', []), again, again]);
    expect(files.map(({ refused }) => refused)).toEqual([null, null, null]);
  });
});

describe('a new person', () => {
  it('is made in the transaction that stores their Patient, never one without the other', async () => {
    await db.schema.dropTable('person').execute();
    await expect(run([adasFile])).rejects.toThrow('person');
    const rows = await db.selectFrom('resource').selectAll().execute();
    expect(rows).toEqual([]);
  });
});

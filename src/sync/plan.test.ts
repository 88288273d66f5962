// Proves which questions come of a vendor's data, of what a server says of itself and of the scopes that were granted.

import { describe, expect, it } from 'vitest';
import { readCapabilities } from '../fhir/capabilities.ts';
import { patientTypes } from '../portals/patient-types.ts';
import type { FhirVersion, Portal } from '../portals/portal.ts';
import { vendors } from '../portals/index.ts';
import {
  isByReference,
  partsOf,
  type Planning,
  planQuestions,
  withoutParameters,
  withQuery,
} from './plan.ts';

const own = vendors[0]?.portal as Portal;

/** A vendor that documents allergies, and medicines by reference; the rest is the server's to say. */
const portal: Portal = {
  ...own,
  name: 'Sample Portal',
  scopes: ['patient/AllergyIntolerance.read', 'patient/Medication.read'],
  questions: own.questions.filter(({ type }) => type === 'AllergyIntolerance'),
  referenced: {
    batch: 20,
    questions: own.referenced.questions.filter(({ type }) => type === 'Medication'),
  },
  addedParameters: { _count: '100' },
};

type Listed = { type: string; search?: string[]; rev?: string[]; interaction?: string[] };

function statement(types: Listed[], resourceType = 'CapabilityStatement') {
  const capabilities = readCapabilities(
    JSON.stringify({
      resourceType,
      rest: [
        {
          mode: 'server',
          resource: types.map(({ type, search = [], rev, interaction = ['search-type'] }) => ({
            type,
            interaction: interaction.map((code) => ({ code })),
            searchParam: search.map((name) => ({ name })),
            searchRevInclude: rev,
          })),
        },
      ],
    }),
  );
  if (!capabilities) throw new Error('no statement');
  return capabilities;
}

const GOALS = statement([{ type: 'Goal', search: ['patient'], rev: ['Provenance:target'] }]);

function plan(over: Partial<Planning> = {}) {
  return planQuestions({
    portal,
    capabilities: null,
    birthDate: null,
    now: Date.parse('2026-11-22T12:00:00Z'),
    asked: portal.scopes,
    granted: ['patient/*.read'],
    patientId: 'a b/1',
    ...over,
  });
}

const keys = (over?: Partial<Planning>) => plan(over).map(({ key }) => key);
const one = (key: string, over?: Partial<Planning>) => plan(over).find((q) => q.key === key);

describe('the vendor’s questions', () => {
  it('are asked whatever the server lists, the patient’s id encoded, those by reference last', () => {
    for (const capabilities of [null, statement([]), GOALS]) {
      expect(keys({ capabilities })).toEqual(expect.arrayContaining(['allergies', 'medications']));
      expect(keys({ capabilities }).at(-1)).toBe('medications');
    }
    expect(one('allergies')?.request).toMatch(/^AllergyIntolerance\?patient=a%20b\/1&/);
    expect(one('allergies')?.why).toMatch(/documentation of Sample Portal says so$/);
  });

  it.each([
    ['v1', ['patient/AllergyIntolerance.read']],
    ['v1 with a wildcard', ['patient/*.read']],
    ['v1 with both rights', ['patient/AllergyIntolerance.*']],
    ['v2', ['patient/AllergyIntolerance.rs']],
    ['v2 with a wildcard', ['patient/*.cruds']],
    ['a user’s', ['user/AllergyIntolerance.read']],
    ['no kinds of records at all', ['openid', 'launch/patient']],
  ])('are asked under scopes of %s', (_what, granted) => {
    expect(one('allergies', { granted })).not.toHaveProperty('outcome');
  });

  it.each([
    ['another kind', ['patient/Goal.read']],
    ['reading without searching', ['patient/AllergyIntolerance.r']],
    ['writing', ['patient/AllergyIntolerance.write']],
  ])('are refused beforehand where the scopes granted are for %s', (_what, granted) => {
    expect(one('allergies', { granted })).toMatchObject({
      outcome: 'refused',
      code: 'fhir.scope_missing',
    });
  });

  it('are asked where their scope was not even asked for: the portal answers for itself', () => {
    const limits = { asked: ['patient/Goal.read'], granted: ['patient/Goal.read'] };
    expect(one('allergies', limits)).not.toHaveProperty('outcome');
  });

  it('may name no patient, where the token does', () => {
    const questions = portal.questions.map((q) => ({ ...q, parameters: {} }));
    const request = one('allergies', { portal: { ...portal, questions } })?.request;
    expect(request).toBe('AllergyIntolerance');
  });

  it('are asked in the categories that are granted, and stay short of all', () => {
    const granted = [
      'patient/AllergyIntolerance.rs?category=http://hl7.org/fhir/x|food',
      'patient/AllergyIntolerance.rs?category=medication',
    ];
    expect(one('allergies-of-food-medication', { granted })).toMatchObject({
      parts: ['category=http://hl7.org/fhir/x|food', 'category=medication'],
      code: 'fhir.scope_missing',
    });
  });

  it('are whole where just these categories were asked for', () => {
    const granted = ['patient/AllergyIntolerance.rs?category=medication'];
    expect(one('allergies-of-medication', { granted, asked: granted })?.code).toBeNull();
  });
});

describe('the server’s statement', () => {
  it('adds what US Core knows, with the parameters of the portal and what comes along', () => {
    expect(one('goals', { capabilities: GOALS })).toMatchObject({
      type: 'Goal',
      request: 'Goal?patient=a%20b/1&_count=100&_revinclude=Provenance:target',
      why: expect.stringContaining('the portal’s server says that it has them'),
    });
  });

  it('adds nothing that is not granted, not searched, or no record of a patient', () => {
    const capabilities = statement([
      { type: 'Goal', search: ['patient'] },
      { type: 'Device', interaction: ['read'] },
      { type: 'Account', search: ['patient'] },
      { type: 'Coverage', search: ['identifier'] },
    ]);
    expect(keys({ capabilities, granted: ['patient/AllergyIntolerance.read'] })).not.toContain(
      'goals',
    );
    expect(keys({ capabilities })).toEqual(['allergies', 'goals', 'medications']);
  });

  it('adds what was asked for and not granted as refused', () => {
    const granted = ['patient/AllergyIntolerance.read'];
    const added = one('goals', { capabilities: GOALS, asked: ['patient/*.read'], granted });
    expect(added).toMatchObject({ outcome: 'refused', code: 'fhir.scope_missing' });
  });

  it('adds no second question about a type of the vendor’s', () => {
    const capabilities = statement([{ type: 'AllergyIntolerance', search: ['patient'] }]);
    expect(keys({ capabilities })).toEqual(['allergies', 'medications']);
  });

  it('names the patient by the parameter that it lists', () => {
    const by = (search: string[]) =>
      one('procedures', { capabilities: statement([{ type: 'Procedure', search }]) })?.request;
    expect(by(['code', 'subject'])).toMatch(/^Procedure\?subject=a%20b\/1/);
    expect(by(['subject', 'patient'])).toMatch(/^Procedure\?patient=/);
    expect(by([])).toMatch(/^Procedure\?patient=/);
  });

  it('adds by id what can be read by id, after the searches', () => {
    const capabilities = statement([
      { type: 'PractitionerRole', search: ['_id'] },
      { type: 'Organization', search: ['name'] },
      { type: 'Specimen', search: ['_id'] },
      { type: 'Goal' },
    ]);
    const added = plan({ capabilities });
    expect(added.map(({ key }) => key)).toEqual([
      'allergies',
      'goals',
      'medications',
      'specimens',
      'practitioner-roles',
    ]);
    expect(added.filter(isByReference).map(({ request }) => request)).toEqual([
      'Medication?_id=',
      'Specimen?_id=',
      'PractitionerRole?_id=',
    ]);
  });

  it('adds only the categories that are granted, under a key of their own', () => {
    const capabilities = statement([{ type: 'Observation', search: ['patient', 'category'] }]);
    const granted = ['patient/Observation.rs?category=laboratory'];
    expect(
      one('observations-of-laboratory', { capabilities, granted, asked: ['patient/*.rs'] })?.code,
    ).toBe('fhir.scope_missing');
    const added = one('observations-of-laboratory', { capabilities, granted });
    expect(added).toMatchObject({ parts: ['category=laboratory'] });
    expect(added?.code).toBeNull();
  });

  it('alone makes the plan where the vendor’s data names no questions', () => {
    const bare = { ...portal, questions: [], referenced: { batch: 1, questions: [] } };
    const types = patientTypes('r4').map(({ type }) => ({ type }));
    const all = plan({ portal: bare, capabilities: statement(types) });
    expect(all.map(({ type }) => type)).toEqual(types.map(({ type }) => type));
  });

  it('of DSTU2 adds what DSTU2 knows', () => {
    const capabilities = statement(
      [
        { type: 'MedicationOrder', search: ['patient'] },
        { type: 'MedicationRequest', search: ['patient'] },
        { type: 'CareTeam', search: ['patient'] },
        { type: 'Condition', search: ['patient'] },
      ],
      'Conformance',
    );
    const dstu2: Portal = { ...portal, fhirVersion: 'dstu2' };
    expect(plan({ portal: dstu2, capabilities }).map(({ type }) => type)).toEqual([
      'AllergyIntolerance',
      'Condition',
      'MedicationOrder',
      'Medication',
    ]);
  });
});

describe('a question in parts', () => {
  const ofType = (type: string, request = `${type}?patient=1`, fhirVersion: FhirVersion = 'r4') =>
    partsOf({ fhirVersion }, { key: 'k', type, request });

  it('names each category that US Core defines for its type, or what else a server wants named', () => {
    expect(ofType('Condition')).toEqual({
      key: 'k-by-category',
      parts: [
        'category=problem-list-item',
        'category=encounter-diagnosis',
        'category=health-concern',
        'category=sdoh',
      ],
    });
    expect(ofType('CareTeam')?.parts).toContain('status=active');
    expect(ofType('MedicationRequest')?.parts).toContain('intent=plan');
    expect(ofType('Condition', undefined, 'dstu2')?.parts).toContain('category=problem');
  });

  it('is there neither for a type without, nor where the request names one', () => {
    expect(ofType('Immunization')).toBeUndefined();
    expect(ofType('Condition', 'Condition?patient=1&category=x')).toBeUndefined();
  });
});

describe('a request', () => {
  it('is put with a further query, and without some parameters, wherever they stand', () => {
    expect(withQuery('Goal', 'a=1')).toBe('Goal?a=1');
    expect(withQuery('Goal?a=1', 'b=2')).toBe('Goal?a=1&b=2');
    const without = (request: string) => withoutParameters(request, ['_count']);
    expect(without('Goal?_count=1&a=_count&b=2')).toBe('Goal?a=_count&b=2');
    expect(without('Goal?a=1&_count=10')).toBe('Goal?a=1');
    expect(without('Goal?_count=10')).toBe('Goal');
    expect(without('Goal')).toBe('Goal');
  });
});

describe('the types of a patient', () => {
  it.each(['r4', 'dstu2'] as const)('of %s have each a key of their own, by id last', (version) => {
    const all = patientTypes(version);
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length);
    expect(new Set(all.map(({ type }) => type)).size).toBe(all.length);
    const firstById = all.findIndex(({ patient }) => patient.length === 0);
    expect(all.slice(firstById).every(({ patient }) => patient.length === 0)).toBe(true);
  });

  it('have the keys under which the vendors ask for them', () => {
    for (const { portal: each } of vendors) {
      const known = new Map(patientTypes(each.fhirVersion).map((t) => [t.type, t.key]));
      for (const { type, key } of [...each.questions, ...each.referenced.questions])
        expect([type, known.get(type)]).toEqual([type, key]);
    }
  });
});

describe('a question that is asked year by year', () => {
  const partsFor = (birthDate: string | null) => {
    const [question] = portal.questions;
    const windows = { parameter: 'date', years: 3 };
    const asked = question ? [{ ...question, windows }] : [];
    return plan({ portal: { ...portal, questions: asked }, birthDate })[0]?.parts;
  };

  it('has this year and what is ahead of it first, and all that is older in the last part', () => {
    expect(partsFor(null)).toEqual([
      'date=ge2026-01-01',
      'date=ge2025-01-01&date=le2025-12-31',
      'date=ge2024-01-01&date=le2024-12-31',
      'date=ge2023-01-01&date=le2023-12-31',
      'date=le2022-12-31',
    ]);
    expect(partsFor('1979-03-11')).toEqual(partsFor(null));
  });

  it('goes back to the birth by years, and before it in one part all the same', () => {
    expect(partsFor('2025-06')).toEqual([
      'date=ge2026-01-01',
      'date=ge2025-01-01&date=le2025-12-31',
      'date=le2024-12-31',
    ]);
    // A birth that is ahead, by a slip or by zones.
    expect(partsFor('2027-01-01')).toEqual(['date=ge2026-01-01', 'date=le2025-12-31']);
  });
});

// The simulated OnPatient's records: DSTU2 as it was recorded, and no more than there is.

import { describe, expect, it } from 'vitest';
import { onpatientBehaviour } from '../../src/portals/onpatient/behaviour.ts';
import { type Resource, writeExactly } from '../json-text.ts';
import { onpatientVendor } from './onpatient.ts';

const request = {
  environment: 'production',
  seed: 1,
  people: 0,
  size: 300,
  anchor: '2026-11-01',
  rates: onpatientBehaviour.rates,
} as const;

function world(): { all: Resource[]; text: string; patients: Set<string | undefined> } {
  const all: Resource[] = [];
  const patients = new Set<string | undefined>();
  onpatientVendor.generateWorld(request, ({ resource, patientId }) => {
    all.push(resource);
    patients.add(patientId);
  });
  return { all, text: all.map((one) => writeExactly(one)).join('\n'), patients };
}

const { all, text, patients } = world();
const of = (type: string) => all.filter(({ resourceType }) => resourceType === type);

describe('the records', () => {
  it('are of the types that are served, of two patients, and the same each time', () => {
    const served = Object.keys(onpatientBehaviour.requiredParameters).sort();
    expect([...new Set(all.map(({ resourceType }) => resourceType))].sort()).toEqual(served);
    expect(patients.size).toBe(2);
    expect(world().text).toBe(text);
  });

  it('have numbers for ids, each once, and nothing of the vendor whose world it is', () => {
    expect(all.every(({ id }) => /^\d{8}$/.test(id))).toBe(true);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(text).not.toMatch(/athena|a-52207|Encounter\//i);
  });

  it('have times with an offset, and the elements of DSTU2 alone', () => {
    expect(text).not.toMatch(/T\d\d:\d\d:\d\d(\.\d+)?Z"/);
    expect(text).toMatch(/"performedDateTime":"[\dT:-]+-04:00"/);
    const later = /"(clinicalStatus":\{|recordedDate":"[^"]+","code|occurrenceDateTime|authoredOn)/;
    expect(text).not.toMatch(later);
  });
});

describe('a visit', () => {
  it('is a procedure with its CPT code', () => {
    const codes = of('Procedure').map(({ code }) => JSON.stringify(code));
    const visits = codes.filter((code) => /"code":"992\d\d"/.test(code));
    expect(visits.length).toBeGreaterThan(5);
    expect(visits[0]).toContain('cpt-current-procedural-terminology');
    expect(codes.length).toBeGreaterThan(visits.length);
  });
});

describe('a panel', () => {
  const held = (name: RegExp) => {
    const report = of('DiagnosticReport').find(({ code }) => name.test(JSON.stringify(code)));
    const ids = (report?.result as { reference: string }[]).map(({ reference }) => reference);
    return of('Observation').filter(({ id }) => ids.includes(`Observation/${id}`));
  };
  it.each([/CBC/, /Comprehensive metabolic/])('%s holds values without names', (name) => {
    const values = held(name);
    expect(values.length).toBeGreaterThan(5);
    expect(values.every(({ code }) => JSON.stringify(code) === '{}')).toBe(true);
  });
  it('of another kind has its names', () => {
    expect(held(/Lipid/).every(({ code }) => JSON.stringify(code).includes('loinc'))).toBe(true);
  });
});

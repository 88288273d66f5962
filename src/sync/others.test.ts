// Proves that a record is passed over without being parsed only where parsing it would find nobody else.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BundleEntry } from '../fhir/bundle.ts';
import { entriesOfOthers, namesNobodyElse } from './others.ts';

const BASE = 'https://ehr.example/fhir/r4';
const asked = { patientId: 'p1', fhirBaseUrl: BASE, links: 'own' } as const;

const reference = fc.oneof(
  fc.constantFrom(
    'Patient/p1',
    'Patient/p2',
    'Patient/p1/_history/2',
    'Patient/p11',
    `${BASE}/Patient/p1`,
    `${BASE}/Patient/p2`,
    'https://other.example/Patient/p1',
    ' Patient/p2 ',
    'urn:uuid:p1',
    'URN:uuid:p2',
    '#p2',
    'Patient?identifier=s|2',
    'Practitioner/p2',
  ),
  fc.string({ maxLength: 12 }),
);
const written = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.replaceAll('/', '\\/'),
  (text) => text.replace('Patient', '\\u0050atient'),
  (text) => text.replaceAll('/', '\\u002F'),
  (text) => text.replace('urn:', 'ur\\u006E:'),
);
const entry: fc.Arbitrary<BundleEntry> = fc
  .record({
    type: fc.constantFrom('Observation', 'Encounter', 'Appointment', 'Coverage', 'Patient'),
    member: fc.constantFrom('subject', 'patient', 'beneficiary', 'note'),
    references: fc.array(reference, { maxLength: 2 }),
    text: fc.constantFrom('', 'Patient/', 'the Patient/family', '“Patient/p1”', 'urn:x'),
    written,
  })
  .map(({ type, member, references, text, written: write }) => {
    const named = references.map((one) => ({ reference: one }));
    const resource = {
      resourceType: type,
      id: 'o',
      [member]: named,
      text,
      participant: { actor: named },
    };
    return { resourceType: type, id: 'o', raw: write(JSON.stringify(resource)) } as BundleEntry;
  });

describe('a record that by its text alone names nobody else', () => {
  it('is no other patient’s when it is parsed', () => {
    let passedOver = 0;
    fc.assert(
      fc.property(entry, (one) => {
        if (!namesNobodyElse(one, asked.patientId)) return;
        passedOver += 1;
        expect(othersWhenParsed(one)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
    expect(passedOver).toBeGreaterThan(50);
  });

  it('is passed over as vendors write it', () => {
    const raw =
      '{"resourceType":"Observation","subject":{"reference":"Patient/p1"},"note":"caf\\u00e9"}';
    expect(namesNobodyElse({ resourceType: 'Observation', raw }, 'p1')).toBe(true);
    expect(namesNobodyElse({ resourceType: 'Observation', raw }, 'p2')).toBe(false);
  });
});

/** The same judgement with the text written so that it has to be parsed: a urn that means nobody makes it so. */
function othersWhenParsed(one: BundleEntry): boolean {
  const resource = JSON.parse(one.raw) as Record<string, unknown>;
  const raw = JSON.stringify({ ...resource, implicitRules: 'urn:none' });
  expect(namesNobodyElse({ ...one, raw }, asked.patientId)).toBe(false);
  return entriesOfOthers([{ ...one, raw }], asked).size > 0;
}

// The Patient resource, and the care plan, team and goals around it.

import type { Resource } from '../json-text.ts';
import { type Chart, concept } from './chart.ts';
import { courses } from './courses.ts';
import { addDays, ageOn, timeOn } from './dates.ts';
import { dayAt } from './problems.ts';
import { confidentiality } from './visits.ts';

/** Adds the Patient, with the oddities that were recorded: several official names, a social security number. */
export function addPatient(chart: Chart): void {
  const { seed, random, anchor } = chart;
  const { person } = seed;
  const updated = timeOn(addDays(anchor, -random.between(5, 90)), 14 * 60);
  chart.add(
    {
      resourceType: 'Patient',
      id: seed.patientId,
      meta: { security: [confidentiality('N', 'normal')] },
      extension: usCoreExtensions(person.gender),
      identifier: [
        { use: 'usual', system: 'https://fhir.athena.io/sid/ah-patient', value: seed.patientId },
        // Area numbers from 900 are never given to anyone.
        {
          use: 'official',
          type: concept('Social Security number', [
            'http://terminology.hl7.org/CodeSystem/v2-0203',
            'SS',
          ]),
          system: 'http://hl7.org/fhir/sid/us-ssn',
          value: `9${random.between(10, 99)}-${random.between(10, 69)}-${random.between(1000, 9999)}`,
        },
      ],
      active: true,
      name: names(chart),
      telecom: [
        { system: 'phone', value: `207-555-01${random.between(10, 99)}`, use: 'home' },
        { system: 'email', value: person.email },
      ],
      gender: person.gender,
      birthDate: person.birthDate,
      address: addresses(chart),
      communication: [
        {
          language: concept('English', ['urn:ietf:bcp:47', 'en']),
          preferred: true,
        },
      ],
      generalPractitioner: [{ reference: chart.facilities.providers[0]?.reference }],
      managingOrganization: { reference: chart.facilities.practice },
    },
    updated,
    { provenance: 1 },
  );
}

/** Adds the care plan, the care team and the goals. */
export function addCare(chart: Chart): void {
  const { facilities, random } = chart;
  const team = chart.add(
    {
      resourceType: 'CareTeam',
      id: chart.id('careteam'),
      status: 'active',
      name: 'Primary care team',
      subject: chart.subject,
      participant: facilities.providers.slice(0, 2).map(({ reference, name }, position) => ({
        role: [{ text: position === 0 ? 'Primary care provider' : 'Covering clinician' }],
        member: { reference, display: name },
      })),
    },
    timeOn(dayAt(chart, 0.05), 15 * 60),
    { provenance: 1 },
  );
  const { problems } = courses[chart.seed.course];
  const goals = addGoals(chart);
  for (const problem of problems.slice(0, 4)) {
    const day = dayAt(chart, problem.from + 0.01);
    chart.add(
      {
        resourceType: 'CarePlan',
        id: chart.id('AmbulatoryCarePlan'),
        text: {
          status: 'generated',
          div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${problem.text}: assessment and plan</p></div>`,
        },
        status: problem.to === undefined ? 'active' : 'completed',
        intent: 'plan',
        category: [
          concept('Assessment and plan of treatment', [
            'http://hl7.org/fhir/us/core/CodeSystem/careplan-category',
            'assess-plan',
          ]),
        ],
        title: problem.text,
        subject: chart.subject,
        period: { start: day },
        careTeam: [{ reference: team }],
        ...(goals.length > 0 ? { goal: [{ reference: random.pick(goals) }] } : {}),
      },
      timeOn(day, 15 * 60),
      { provenance: 0.5 },
    );
  }
}

function addGoals(chart: Chart): string[] {
  return courses[chart.seed.course].goals.map((goal, position) => {
    const day = dayAt(chart, Math.min(0.98, 0.4 + position * 0.2));
    return chart.add(
      {
        resourceType: 'Goal',
        id: chart.id('ClinicalEncounterGoal'),
        lifecycleStatus: 'active',
        description: { text: goal },
        subject: chart.subject,
        startDate: day,
        target: [{ dueDate: addDays(day, 365) }],
      },
      timeOn(day, 15 * 60),
      { provenance: 0.5 },
    );
  });
}

function names(chart: Chart): Resource['name'] {
  const { family, given, earlierFamily, birthDate } = chart.seed.person;
  if (earlierFamily === undefined) return [{ use: 'official', family, given }];
  return [
    {
      use: 'official',
      family: earlierFamily.name,
      given,
      period: { start: birthDate, end: earlierFamily.until },
    },
    { use: 'official', family, given, period: { start: addDays(earlierFamily.until, 1) } },
  ];
}

function addresses(chart: Chart): Record<string, unknown>[] {
  const moved = dayAt(chart, 0.45);
  const home = { use: 'home', state: 'ME', country: 'US' };
  const isGrown = ageOn(chart.seed.person.birthDate, chart.start) >= 18;
  const before = {
    ...home,
    line: ['3 Mill Street, Apt 2'],
    city: 'Thomaston',
    postalCode: '04861',
  };
  return [
    ...(isGrown ? [{ ...before, period: { end: moved } }] : []),
    {
      ...home,
      line: ['27 Spruce Head Road'],
      city: 'Rockport',
      postalCode: '04856',
      ...(isGrown ? { period: { start: addDays(moved, 1) } } : {}),
    },
  ];
}

function usCoreExtensions(gender: string): Record<string, unknown>[] {
  const base = 'http://hl7.org/fhir/us/core/StructureDefinition';
  const category = (code: string, display: string) => [
    {
      url: 'ombCategory',
      valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code, display },
    },
    { url: 'text', valueString: display },
  ];
  return [
    { url: `${base}/us-core-race`, extension: category('2106-3', 'White') },
    { url: `${base}/us-core-ethnicity`, extension: category('2186-5', 'Not Hispanic or Latino') },
    { url: `${base}/us-core-birthsex`, valueCode: gender === 'male' ? 'M' : 'F' },
  ];
}

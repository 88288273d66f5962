// Medications with every intent the vendor uses, immunizations and procedures.

import { decimal } from '../json-text.ts';
import { type Chart, concept } from './chart.ts';
import type { Treatment } from './course.ts';
import { courses } from './courses.ts';
import { addDays, ageOn, timeOn } from './dates.ts';
import { medicationCatalogue, type MedicationEntry, rxnorm } from './medication-catalogue.ts';
import { dayAt } from './problems.ts';

/** Adds each treatment of the course: prescriptions and their renewals, plans and proposals. */
export function addMedications(chart: Chart): void {
  for (const treatment of courses[chart.seed.course].treatments) {
    const entry = medicationCatalogue[treatment.medication];
    if (entry === undefined) throw new RangeError(`No medication ${treatment.medication}.`);
    const length = (treatment.to ?? 1) - treatment.from;
    const renewals = Math.min(5, Math.floor(length / 0.1));
    for (let renewal = 0; renewal <= renewals; renewal += 1) {
      const from = treatment.from + (length * renewal) / (renewals + 1);
      const isLast = renewal === renewals;
      addRequest(chart, treatment, entry, from, {
        intent: 'order',
        status: isLast ? (treatment.to === undefined ? 'active' : 'stopped') : 'completed',
      });
    }
    // What the patient takes by their own account, and what was only considered.
    if (chart.random.chance(0.4)) {
      addRequest(chart, treatment, entry, treatment.from, { intent: 'plan', status: 'active' });
    }
    if (chart.random.chance(0.15)) {
      addRequest(chart, treatment, entry, treatment.from, { intent: 'proposal', status: 'draft' });
    }
    if (chart.random.chance(0.12)) {
      addRequest(chart, treatment, entry, treatment.from, {
        intent: 'option',
        status: 'cancelled',
      });
    }
  }
}

/** Adds the immunizations due at the person's age, and influenza each autumn. */
export function addImmunizations(chart: Chart): void {
  const { seed, start, anchor, random } = chart;
  const give = (vaccine: string, cvx: string, day: string) => {
    if (day < start || day > anchor) return;
    const isHistorical = random.chance(0.3);
    chart.add(
      {
        resourceType: 'Immunization',
        id: chart.id(isHistorical ? 'historical' : 'vaccine'),
        status: 'completed',
        vaccineCode: concept(vaccine, ['http://hl7.org/fhir/sid/cvx', cvx]),
        patient: chart.subject,
        occurrenceDateTime: day,
        primarySource: !isHistorical,
        ...(isHistorical ? {} : { lotNumber: `L${random.between(10_000, 99_999)}` }),
      },
      timeOn(day, 16 * 60),
      { provenance: 0.5 },
    );
  };
  for (let year = Number(start.slice(0, 4)); year <= Number(anchor.slice(0, 4)); year += 1) {
    if (random.chance(0.85))
      give('Influenza vaccine, quadrivalent', '150', `${year}-10-${random.between(10, 28)}`);
  }
  for (const [day, vaccine, cvx] of [
    ['2021-03-18', 'COVID-19 vaccine, mRNA, Pfizer', '208'],
    ['2021-04-08', 'COVID-19 vaccine, mRNA, Pfizer', '208'],
    ['2022-10-20', 'COVID-19 vaccine, mRNA, bivalent, Pfizer', '300'],
    ['2023-10-24', 'COVID-19 vaccine, mRNA, 2023-2024, Pfizer', '309'],
  ] as const) {
    if (ageOn(seed.person.birthDate, day) >= 12) give(vaccine, cvx, day);
  }
  for (const [days, vaccine, cvx] of schedule)
    give(vaccine, cvx, addDays(seed.person.birthDate, days));
}

/** Adds the procedures of the course, and the device that one of them put in. */
export function addProcedures(chart: Chart): void {
  const { device, procedures } = courses[chart.seed.course];
  for (const [text, cpt, at] of procedures) {
    const day = dayAt(chart, at);
    chart.add(
      {
        resourceType: 'Procedure',
        id: chart.id('prda'),
        status: 'completed',
        code: concept(text, ['http://www.ama-assn.org/go/cpt', cpt]),
        subject: chart.subject,
        performedDateTime: day,
        performer: [
          { actor: { reference: chart.random.pick(chart.facilities.providers).reference } },
        ],
      },
      timeOn(day, 17 * 60),
      { provenance: 0.6 },
    );
  }
  if (device === undefined) return;
  const day = dayAt(chart, device.at);
  chart.add(
    {
      resourceType: 'Device',
      id: chart.id('implantabledevice'),
      udiCarrier: [
        { deviceIdentifier: '00844588003288', carrierHRF: '(01)00844588003288(10)A213B1' },
      ],
      status: 'active',
      manufactureDate: addDays(day, -200),
      lotNumber: 'A213B1',
      type: concept(device.text, ['http://snomed.info/sct', device.snomed]),
      patient: chart.subject,
    },
    timeOn(day, 17 * 60),
    { provenance: 1 },
  );
}

function addRequest(
  chart: Chart,
  treatment: Treatment,
  entry: MedicationEntry,
  from: number,
  how: { readonly intent: string; readonly status: string },
): void {
  const { random, facilities } = chart;
  const day = dayAt(chart, from);
  const byReference = random.chance(0.5);
  const prefix = how.intent === 'order' ? 'prescription' : 'medication';
  const timing =
    entry.timesADay === 0
      ? { asNeededBoolean: true }
      : {
          timing: {
            repeat: { frequency: entry.timesADay, period: decimal('1.0'), periodUnit: 'd' },
          },
        };
  chart.add(
    {
      resourceType: 'MedicationRequest',
      id: chart.id(prefix),
      status: how.status,
      intent: how.intent,
      ...(how.intent === 'plan' ? { reportedBoolean: true } : {}),
      ...(byReference
        ? {
            medicationReference: {
              reference: facilities.medication(treatment.medication),
              display: entry.text,
            },
          }
        : { medicationCodeableConcept: concept(entry.text, [rxnorm, entry.rxnorm]) }),
      subject: chart.subject,
      authoredOn: day,
      requester: { reference: random.pick(facilities.providers).reference },
      reasonCode: [{ text: treatment.reason }],
      dosageInstruction: [
        {
          text: entry.sig,
          patientInstruction: entry.sig,
          ...timing,
          ...(entry.unit === 'tablet' || entry.unit === 'capsule' ? { route: byMouth } : {}),
          doseAndRate: [{ doseQuantity: { value: decimal(`${entry.dose}.0`), unit: entry.unit } }],
        },
      ],
      dispenseRequest: {
        validityPeriod: {
          start: day,
          ...(treatment.to === undefined ? {} : { end: dayAt(chart, treatment.to) }),
        },
        numberOfRepeatsAllowed: 3,
        quantity: { value: decimal('90.000'), unit: entry.unit },
      },
    },
    timeOn(day, 15 * 60),
    { provenance: 0.5 },
  );
}

const byMouth = concept('Oral', ['http://snomed.info/sct', '26643006']);

const schedule: readonly (readonly [ageInDays: number, vaccine: string, cvx: string])[] = [
  [62, 'DTaP vaccine', '20'],
  [62, 'Poliovirus vaccine, inactivated', '10'],
  [62, 'Haemophilus influenzae type b vaccine', '48'],
  [62, 'Rotavirus vaccine, pentavalent', '116'],
  [62, 'Pneumococcal conjugate vaccine, 13 valent', '133'],
  [124, 'DTaP vaccine', '20'],
  [124, 'Poliovirus vaccine, inactivated', '10'],
  [186, 'DTaP vaccine', '20'],
  [186, 'Hepatitis B vaccine', '08'],
  [370, 'Measles, mumps and rubella vaccine', '03'],
  [372, 'Varicella vaccine', '21'],
  [380, 'Hepatitis A vaccine', '83'],
  [470, 'DTaP vaccine', '20'],
  [570, 'Hepatitis A vaccine', '83'],
  [1500, 'Measles, mumps, rubella and varicella vaccine', '94'],
  [1510, 'DTaP-IPV vaccine', '130'],
  [4050, 'Tdap vaccine', '115'],
  [14_700, 'Tdap vaccine', '115'],
  [18_300, 'Zoster vaccine, recombinant', '187'],
  [18_400, 'Zoster vaccine, recombinant', '187'],
  [26_900, 'Pneumococcal polysaccharide vaccine, 23 valent', '33'],
  [27_500, 'Zoster vaccine, recombinant', '187'],
  [27_600, 'Zoster vaccine, recombinant', '187'],
  [28_600, 'Pneumococcal conjugate vaccine, 20 valent', '216'],
];

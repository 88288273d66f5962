// The kinds of records that only scopes of SMART v2 give: insurance, a relative, specimens, dispenses, a screening's
// answers, a picture. A few of each.

import { type Chart, concept } from './chart.ts';
import { addDays, timeOn } from './dates.ts';
import { dayAt } from './problems.ts';

/** Adds them, last of all, so that charts are otherwise as they are without them. */
export function addLaterKinds(chart: Chart): void {
  addCoverage(chart);
  addRelative(chart);
  for (const share of [0.35, 0.6, 0.85]) addSpecimen(chart, dayAt(chart, share));
  for (const share of [0.5, 0.7, 0.9]) addDispense(chart, dayAt(chart, share));
  addScreening(chart, dayAt(chart, 0.8));
  addPicture(chart, dayAt(chart, 0.75));
}

function addCoverage(chart: Chart): void {
  const { subject, start, random, facilities } = chart;
  chart.add(
    {
      resourceType: 'Coverage',
      id: chart.id('insurance'),
      status: 'active',
      type: concept('preferred provider organization policy', [
        'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        'PPO',
      ]),
      subscriber: subject,
      subscriberId: `CF${random.between(100_000, 999_999)}`,
      beneficiary: subject,
      relationship: concept('Self', [
        'http://terminology.hl7.org/CodeSystem/subscriber-relationship',
        'self',
      ]),
      period: { start },
      payor: [{ reference: facilities.practice, display: 'Penobscot Mutual (made up)' }],
    },
    timeOn(start, 15 * 60),
  );
}

function addRelative(chart: Chart): void {
  chart.add(
    {
      resourceType: 'RelatedPerson',
      id: chart.id('contact'),
      active: true,
      patient: chart.subject,
      relationship: [
        concept('emergency contact person', [
          'http://terminology.hl7.org/CodeSystem/v3-RoleClass',
          'ECON',
        ]),
      ],
      name: [{ use: 'official', family: 'Halvorsen', given: ['Maren'] }],
      telecom: [{ system: 'phone', value: '207-555-0190', use: 'mobile' }],
    },
    timeOn(chart.start, 15 * 60),
  );
}

function addSpecimen(chart: Chart, day: string): void {
  chart.add(
    {
      resourceType: 'Specimen',
      id: chart.id('specimen'),
      status: 'available',
      type: concept('Venous blood specimen', ['http://snomed.info/sct', '122555007']),
      subject: chart.subject,
      receivedTime: timeOn(day, 16 * 60),
      collection: { collectedDateTime: timeOn(day, 14 * 60) },
    },
    timeOn(day, 16 * 60),
  );
}

function addDispense(chart: Chart, day: string): void {
  chart.add(
    {
      resourceType: 'MedicationDispense',
      id: chart.id('dispense'),
      status: 'completed',
      medicationCodeableConcept: concept('Levothyroxine sodium 75 MCG Oral Tablet', [
        'http://www.nlm.nih.gov/research/umls/rxnorm',
        '966222',
      ]),
      subject: chart.subject,
      quantity: { value: 90, unit: 'tablet' },
      daysSupply: { value: 90, unit: 'day' },
      whenHandedOver: timeOn(addDays(day, 1), 18 * 60),
    },
    timeOn(addDays(day, 1), 18 * 60),
  );
}

function addScreening(chart: Chart, day: string): void {
  const question = (linkId: string, text: string, answer: string) => ({
    linkId,
    text,
    answer: [{ valueString: answer }],
  });
  chart.add(
    {
      resourceType: 'QuestionnaireResponse',
      id: chart.id('screening'),
      questionnaire: 'http://loinc.org/q/55757-9',
      status: 'completed',
      subject: chart.subject,
      authored: timeOn(day, 13 * 60),
      item: [
        question('44250-9', 'Little interest or pleasure in doing things', 'Not at all'),
        question('44255-8', 'Feeling down, depressed, or hopeless', 'Several days'),
      ],
    },
    timeOn(day, 13 * 60),
  );
}

function addPicture(chart: Chart, day: string): void {
  chart.add(
    {
      resourceType: 'Media',
      id: chart.id('picture'),
      status: 'completed',
      type: concept('Image', ['http://terminology.hl7.org/CodeSystem/media-type', 'image']),
      subject: chart.subject,
      createdDateTime: timeOn(day, 14 * 60),
      note: [{ text: 'Left forearm, before removal of a mole' }],
      content: {
        contentType: 'image/svg+xml',
        data: Buffer.from(
          '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="2"/></svg>',
        ).toString('base64'),
      },
    },
    timeOn(day, 14 * 60),
  );
}

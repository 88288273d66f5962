// Visits: the encounter, its diagnosis, and its notes, some with their text inside and most without.

import { type Chart, concept, touched } from './chart.ts';
import { courses } from './courses.ts';
import { ageOn, timeOn, withOffset } from './dates.ts';
import { addCondition } from './problems.ts';
import type { Moment } from './vitals.ts';

/** Adds an encounter with its diagnosis and notes, and returns its moment for what is measured in it. */
export function addVisit(chart: Chart, day: string, at: number): Moment {
  const { random, facilities, seed } = chart;
  const minutes = random.between(13 * 60, 20 * 60);
  const time = timeOn(day, minutes);
  const provider = random.pick(facilities.providers);
  const department = random.pick(facilities.departments);
  const reason = random.pick(reasonsFor(chart, day, at));
  const encounter = chart.add(
    {
      resourceType: 'Encounter',
      id: chart.id('encounter'),
      status: 'finished',
      class: {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        code: 'AMB',
        display: 'ambulatory',
      },
      type: [
        concept('Office visit', [
          'http://www.ama-assn.org/go/cpt',
          random.pick(['99213', '99214']),
        ]),
      ],
      subject: chart.subject,
      participant: [{ individual: { reference: provider.reference, display: provider.name } }],
      period: {
        start: withOffset(time),
        end: withOffset(timeOn(day, minutes + random.between(15, 45))),
      },
      reasonCode: [{ text: reason.text }],
      location: [{ location: { reference: department.location, display: department.name } }],
      serviceProvider: { reference: department.organization },
    },
    touched(chart, time),
    { provenance: 0.5 },
  );
  addCondition(chart, { ...reason, onset: day, category: 'encounter-diagnosis', encounter });
  const age = ageOn(seed.person.birthDate, day);
  const note = noteText(chart, reason.text, day, age, provider.name);
  addDocument(chart, {
    kind: 'hpiNote',
    title: 'HPI note',
    time,
    encounter,
    author: provider.reference,
    note,
  });
  if (random.chance(0.9)) {
    addDocument(chart, {
      kind: 'hpiTemplate',
      title: 'HPI template',
      time,
      encounter,
      author: provider.reference,
      note,
    });
  }
  return { at, time, encounter };
}

/** A document of a visit or, without an encounter, of a remote reading. */
export type DocumentDraft = {
  readonly kind: string;
  readonly title: string;
  readonly time: string;
  readonly author: string;
  readonly note: string;
  readonly encounter?: string;
};

/** Adds a document: the text inside at the recorded share, else the vendor's "not published" attachment. */
export function addDocument(chart: Chart, draft: DocumentDraft): void {
  const { random, rates, facilities } = chart;
  const id = chart.id(draft.kind);
  const attachment = random.chance(rates.documentInline)
    ? {
        contentType: 'text/html',
        data: Buffer.from(`<html><body>${draft.note}</body></html>`).toString('base64'),
        title: draft.title,
        creation: draft.time,
      }
    : rates.documentByReference > 0 && random.chance(rates.documentByReference)
      ? addFile(chart, id, draft)
      : {
          contentType: 'application/octet-stream',
          _data: {
            extension: [
              {
                url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
                valueCode: 'unknown',
              },
            ],
          },
        };
  const restricted = random.chance(0.05);
  chart.add(
    {
      resourceType: 'DocumentReference',
      id,
      ...(restricted ? { meta: { security: [confidentiality('R', 'restricted')] } } : {}),
      status: 'current',
      type: concept(draft.title, [
        'https://fhir.athena.io/CodeSystem/ah-encounter-section-item',
        draft.kind,
      ]),
      category: [
        {
          coding: [
            {
              system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
              code: 'clinical-note',
            },
          ],
        },
      ],
      subject: chart.subject,
      date: draft.time.replace('Z', '.000Z'),
      author: [{ reference: draft.author }],
      custodian: { reference: facilities.practice },
      content: [{ attachment }],
      ...(draft.encounter === undefined
        ? {}
        : { context: { encounter: [{ reference: draft.encounter }] } }),
    },
    touched(chart, draft.time),
    { provenance: draft.encounter === undefined ? 0.05 : 0.4 },
  );
}

/** The file of a document as a Binary of its own. @returns the attachment that refers to it */
function addFile(chart: Chart, documentId: string, draft: DocumentDraft): Record<string, string> {
  const id = `${documentId}-file`;
  const contentType = 'application/pdf';
  const data = simplePdf(draft.note).toString('base64');
  chart.add({ resourceType: 'Binary', id, contentType, data }, touched(chart, draft.time), {
    provenance: 0,
  });
  return { contentType, url: `Binary/${id}`, title: draft.title, creation: draft.time };
}

/** A PDF of one page with a note's beginning on it. */
function simplePdf(note: string): Buffer {
  const words = note
    .replace(/<[^>]*>/g, ' ')
    .replace(/[^ -~]|[()\\]/g, ' ')
    .slice(0, 80);
  const content = `BT /F1 12 Tf 72 720 Td (${words}) Tj ET`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>',
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = String(text.length).padStart(10, '0');
    text += `${index + 1} 0 obj${object}endobj\n`;
    return `${place} 00000 n \n`;
  });
  const start = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${places.join('')}`;
  text += `trailer<</Size 6/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** A confidentiality label of `meta.security`. */
export function confidentiality(code: 'N' | 'R', display: string): Record<string, string> {
  return { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code, display };
}

type Reason = { readonly text: string; readonly snomed: string; readonly icd10: string };

function reasonsFor(chart: Chart, day: string, at: number): Reason[] {
  const standing = courses[chart.seed.course].problems.filter(
    ({ from, to }) => from <= at && (to === undefined || at <= to),
  );
  const isChild = ageOn(chart.seed.person.birthDate, day) < 18;
  return [...standing, ...(isChild ? childReasons : adultReasons)];
}

const adultReasons: readonly Reason[] = [
  { text: 'General adult medical examination', snomed: '162673000', icd10: 'Z00.00' },
  { text: 'Acute upper respiratory infection', snomed: '54150009', icd10: 'J06.9' },
  { text: 'Acute sinusitis', snomed: '15805002', icd10: 'J01.90' },
  { text: 'Urinary tract infection', snomed: '68566005', icd10: 'N39.0' },
  { text: 'Low back pain', snomed: '279039007', icd10: 'M54.50' },
];
const childReasons: readonly Reason[] = [
  { text: 'Well child visit', snomed: '410620009', icd10: 'Z00.129' },
  { text: 'Acute upper respiratory infection', snomed: '54150009', icd10: 'J06.9' },
  { text: 'Fever', snomed: '386661006', icd10: 'R50.9' },
];

function noteText(
  chart: Chart,
  reason: string,
  day: string,
  age: number,
  provider: string,
): string {
  const { random, seed } = chart;
  const who =
    age < 18
      ? `${age}-year-old`
      : `${age}-year-old ${seed.person.gender === 'male' ? 'man' : 'woman'}`;
  const since = random.pick([
    'three days',
    'about a week',
    'two weeks',
    'several months',
    'the last visit',
  ]);
  const course = random.pick([
    'getting better',
    'about the same',
    'coming and going',
    'somewhat worse at night',
  ]);
  const tried = random.pick([
    'rest and fluids',
    'ibuprofen, which helped',
    'acetaminophen without much effect',
    'nothing so far',
  ]);
  const plan = random.pick([
    'Laboratory work today. We will write through the portal when it is back.',
    'Continue the present medication. Come back in three months, sooner if worse.',
    'Discussed diet, sleep and walking. Follow up at the next regular visit.',
    'No change. Call if fever above 38.5 °C or shortness of breath.',
  ]);
  return `<h1>${reason}</h1><p><b>${day}</b>, ${provider}</p>
<h2>History of present illness</h2><p>${who} seen for ${reason.toLowerCase()}. Present for ${since}, ${course}. Has tried ${tried}. No chest pain, no weight loss, no recent travel. Appetite and sleep are ${random.pick(['good', 'fair', 'a little reduced'])}.</p>
<h2>Examination</h2><p>In no distress. ${random.pick(['Lungs clear.', 'Throat slightly red.', 'Heart regular.', 'Abdomen soft.'])} ${random.pick(['Skin warm and dry.', 'No edema.', 'Gait normal.'])}</p>
<h2>Plan</h2><p>${plan}</p>`;
}

// Proves how the kinds other than Observation read, that dates keep their precision and notes lose their markup.

import { describe as group, expect, it } from 'vitest';
import { describe } from './describe.ts';
import { dayOf, type Described, instantOf } from './described.ts';

const of = (type: string, resource: object): Described => {
  const described = describe(type, JSON.stringify({ resourceType: type, id: 'x', ...resource }));
  if (!described) throw new Error('not described');
  return described;
};
const words = (text: string) => ({ text });
const factsOf = (d: Described) =>
  Object.fromEntries(d.facts.flatMap((f) => (f ? [[f.label, f.value]] : [])));
const TYPES = [
  'Encounter',
  'Observation',
  'DiagnosticReport',
  'Condition',
  'MedicationRequest',
  'MedicationStatement',
  'MedicationDispense',
  'MedicationAdministration',
  'AllergyIntolerance',
  'Immunization',
  'Procedure',
  'DocumentReference',
  'ServiceRequest',
  'CarePlan',
  'Goal',
  'CareTeam',
  'Device',
];

group('each kind', () => {
  it('of visit says its type, who and where', () => {
    const visit = of('Encounter', {
      type: [words('Office visit')],
      period: { start: '2026-11-17T09:00:00-05:00', end: '2026-11-17T09:20:00-05:00' },
      participant: [{}, { individual: { display: 'Dr. Ada Roe' } }],
      location: [{ location: { display: 'Hill Street' } }],
      reasonCode: [words('Cough')],
    });
    expect(visit).toMatchObject({
      kind: 'visit',
      title: 'Office visit',
      clinician: 'Dr. Ada Roe',
      at: '2026-11-17T09:00:00-05:00',
    });
    expect(factsOf(visit)).toMatchObject({ Where: 'Hill Street', For: 'Cough' });
    expect(of('Encounter', { class: { display: 'ambulatory' } }).title).toBe('ambulatory');
  });

  it('of report says the day it was issued, as other days are said', () => {
    const issued = '2026-11-17T10:20:30.123-05:00';
    for (const type of ['DiagnosticReport', 'Observation'])
      expect(of(type, { code: words('A'), issued }).facts).toContainEqual(
        expect.objectContaining({ label: 'Issued', value: '2026-11-17' }),
      );
  });

  it('of report names what it holds by reference, and reads its text', () => {
    const report = of('DiagnosticReport', {
      code: words('Basic metabolic panel'),
      effectivePeriod: { start: '2026-11-17' },
      status: 'corrected',
      encounter: { reference: 'Encounter/e1' },
      result: [
        { reference: 'Observation/a' },
        { reference: '#contained' },
        { reference: 'https://by-another-name.example/fhir/Observation/b' },
        { reference: 'https://by-another-name.example/fhir/Specimen/b' },
        {},
      ],
      presentedForm: [
        { contentType: 'text/plain', data: Buffer.from('Line 1\nLine 2').toString('base64') },
      ],
    });
    expect(report).toMatchObject({
      kind: 'panel',
      note: '2 results',
      at: '2026-11-17',
      amended: true,
      visit: 'Encounter/e1',
      members: ['Observation/a', 'Observation/b'],
      text: ['Line 1', 'Line 2'],
    });
  });

  it('of condition says its state, and where it stands', () => {
    const condition = of('Condition', {
      code: words('Asthma'),
      category: [{ coding: [{ code: 'problem-list-item' }] }],
      clinicalStatus: { coding: [{ code: 'active' }] },
      onsetDateTime: '2019-03',
      recordedDate: '2020-01-02',
    });
    expect(condition).toMatchObject({
      title: 'Asthma',
      note: 'problem list',
      value: 'active',
      at: '2019-03',
    });
    expect(factsOf(condition)).toMatchObject({ Began: '2019-03', Recorded: '2020-01-02' });
  });

  it.each([
    ['MedicationRequest', { authoredOn: '2026-01-02', status: 'active' }, 'prescribed'],
    [
      'MedicationStatement',
      { effectivePeriod: { start: '2026-01-02' }, status: 'completed' },
      'ended',
    ],
    ['MedicationDispense', { whenHandedOver: '2026-01-02', status: 'stopped' }, 'stopped'],
    [
      'MedicationAdministration',
      { effectiveDateTime: '2026-01-02', status: 'constructor' },
      'constructor',
    ],
  ])('of medicine, %s, says what became of it', (type, more, value) => {
    const medicine = of(type, { medicationReference: { display: 'Albuterol' }, ...more });
    expect(medicine).toMatchObject({
      kind: 'medication',
      title: 'Albuterol',
      value,
      at: '2026-01-02',
    });
  });

  it('of medicine shows an intent that is no order, and the dosage', () => {
    const planned = of('MedicationRequest', {
      medicationCodeableConcept: words('Iron'),
      intent: 'plan',
      dosageInstruction: [{ text: 'one a day' }, { patientInstruction: 'with food' }],
    });
    expect(planned.note).toBe('plan');
    expect(factsOf(planned).Dosage).toBe('one a day; with food');
    expect(of('MedicationRequest', { intent: 'order' }).note).toBeNull();
  });

  it.each([
    [
      'AllergyIntolerance',
      { code: words('Penicillin'), reaction: [{ manifestation: [words('Hives')] }] },
      'Penicillin',
      'Hives',
    ],
    [
      'AllergyIntolerance',
      { reaction: [{ substance: words('Nuts') }] },
      'Nuts',
      'reaction not recorded',
    ],
    [
      'Immunization',
      { vaccineCode: words('Influenza'), status: 'completed' },
      'Influenza',
      'given',
    ],
    [
      'Immunization',
      { vaccineCode: words('Influenza'), status: 'not-done' },
      'Influenza',
      'not given',
    ],
    ['Procedure', { code: words('Appendectomy'), status: 'completed' }, 'Appendectomy', 'done'],
    ['ServiceRequest', { code: words('Lipid panel'), status: 'active' }, 'Lipid panel', 'active'],
    ['CarePlan', { title: 'Asthma plan', status: 'active' }, 'Asthma plan', 'active'],
    [
      'Goal',
      { description: words('Walk daily'), lifecycleStatus: 'active' },
      'Walk daily',
      'active',
    ],
    ['CareTeam', { category: [words('Primary care')] }, 'Primary care', null],
    ['Device', { deviceName: [{ name: 'Pacemaker' }], status: 'active' }, 'Pacemaker', 'active'],
  ])('%s %j reads “%s”, %s', (type, resource, title, value) => {
    expect(of(type, resource)).toMatchObject({ title, value });
  });

  it('of document says when its content was not published, and when it was only linked', () => {
    const withheld = of('DocumentReference', {
      content: [{ attachment: { contentType: 'text/html' } }],
    });
    expect(withheld).toMatchObject({ note: 'content not published' });
    const bare = of('DocumentReference', { type: words('Progress note') });
    expect(bare).toMatchObject({ title: 'Progress note', note: 'content not published' });
    expect(factsOf(bare).Content).toBe('not published to patients by the clinic');
    const linked = of('DocumentReference', {
      content: [{ attachment: { url: 'Binary/1', title: 'Letter' } }],
    });
    expect(linked).toMatchObject({ title: 'Letter', note: null });
  });

  it.each(TYPES)('%s with nothing in it has a name and no date', (type) => {
    const bare = of(type, {});
    expect(bare.title).toMatch(/^[A-Z]/);
    expect([bare.at, bare.enteredInError ?? false]).toEqual([null, false]);
  });

  it.each(TYPES.filter((type) => type !== 'Observation'))(
    '%s entered in error is marked',
    (type) => {
      const field = type === 'Goal' ? 'lifecycleStatus' : 'status';
      expect(of(type, { [field]: 'entered-in-error' }).enteredInError).toBe(true);
    },
  );

  it.each(['Condition', 'AllergyIntolerance'])(
    '%s found to be an error later is marked',
    (type) => {
      const verificationStatus = { coding: [{ code: 'entered-in-error' }] };
      expect(of(type, { verificationStatus }).enteredInError).toBe(true);
    },
  );

  it.each(['Patient', 'Organization', 'Provenance', 'constructor', '__proto__', 'toString', ''])(
    '“%s” has no place in the chart',
    (type) => {
      expect(describe(type, '{"resourceType":"x"}')).toBeUndefined();
    },
  );
});

group('a date', () => {
  it.each([
    ['2026-11-17T23:30:00-08:00', '2026-11-17', '2026-11-18T07:30:00.000Z'],
    ['2026-11-17T00:10:00.5+14:00', '2026-11-17', '2026-11-16T10:10:00.500Z'],
    ['2026-11-17', '2026-11-17', null],
    ['2026-11', '2026-11', null],
    ['2026', '2026', null],
    [' 2026-11-17 ', '2026-11-17', null],
    ['2026-11-17 10:00:00', '2026-11-17', null],
    ['2026-11-17T10:00:00+0000', '2026-11-17', null],
  ])('%s is the day %s as it was written there', (at, day, instant) => {
    expect([dayOf(at), instantOf(at)]).toEqual([day, instant]);
  });

  it.each([
    '',
    'soon',
    '20261117',
    '2026-13',
    '2026-02-30',
    '0000',
    '17.11.2026',
    '2026-00-00',
    'T10:00',
    null,
    undefined,
  ])('%s is none, and never 1970', (at) => {
    expect([dayOf(at), instantOf(at)]).toEqual([null, null]);
  });

  it('is the same day in every zone of this machine', () => {
    const zone = process.env.TZ;
    try {
      const days = ['Pacific/Kiritimati', 'UTC', 'Pacific/Pago_Pago'].map((tz) => {
        process.env.TZ = tz;
        return dayOf('2026-11-17T00:10:00Z');
      });
      expect(new Set(days)).toEqual(new Set(['2026-11-17']));
    } finally {
      process.env.TZ = zone;
    }
  });
});

group('the text of a note', () => {
  const noteOf = (html: string, contentType = 'text/html; charset=utf-8') =>
    of('DocumentReference', {
      content: [{ attachment: { contentType, data: Buffer.from(html).toString('base64') } }],
    }).text;

  it('is plain paragraphs, whatever stood around them', () => {
    expect(noteOf('<h1>Visit</h1><p>Cough &amp; fever, &lt; 3 days</p>a<br>b')).toEqual([
      'Visit',
      'Cough & fever, < 3 days',
      'a',
      'b',
    ]);
  });

  it.each([
    '<script>alert(1)</script>safe',
    '<SCRIPT src=x>alert(1)</SCRIPT >safe',
    '<style>p{}</style>safe',
    '<img src=x onerror="alert(1)">safe',
    '<!-- <b>hidden</b> > -->safe',
    '<!DOCTYPE html><html><head><title>t</title></head><body onload=x>safe',
    '<svg/onload=alert(1)>safe',
    'safe<iframe src="javascript:alert(1)"',
    '<a href="javascript:alert(1)">safe</a>',
    '<template><p>no</p></template>safe',
  ])('keeps no markup and no script: %s', (html) => {
    expect(noteOf(html)).toEqual(['safe']);
  });

  it('that hides markup in character references stays text', () => {
    expect(noteOf('&lt;script&gt;alert(1)&lt;/script&gt; &#x110000; &#0;')).toEqual([
      '<script>alert(1)</script> &#x110000; &#0;',
    ]);
  });

  it('of a megabyte of opened and unclosed elements is read without standing still', () => {
    for (const piece of ['<script></script>', '<style>', '<', '<!--', '&#60;', '<p']) {
      const began = performance.now();
      noteOf(piece.repeat(Math.ceil(1_000_000 / piece.length)));
      expect(performance.now() - began).toBeLessThan(2_000);
    }
  });

  it('of another kind is left to the raw text', () => {
    expect(noteOf('%PDF-1.7', 'application/pdf')).toEqual([]);
    expect(noteOf('{\\rtf1', 'application/rtf')).toEqual([]);
  });
});

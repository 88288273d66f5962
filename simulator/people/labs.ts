// Laboratory draws: an order, a report, and its results, as the earlier and the later laboratory print them.

import { type Chart, concept, touched } from './chart.ts';
import {
  labPanels,
  type LabPanel,
  type LabTest,
  type PanelKey,
  type Range,
  textTests,
} from './lab-catalogue.ts';
import {
  addEnteredInError,
  addObservation,
  loinc,
  type ObservationDraft,
  quantity,
} from './observations.ts';
import { type Moment, valueAt } from './vitals.ts';

// When the practice changed to another laboratory, with other ranges and more digits.
const laboratoryChange = 0.5;
// Results from before this came on paper and were typed in: words for a code.
const typedIn = 0.1;
const labErrorShare = 0.1;

/** Adds the panels drawn at one moment; of a certain draw no result is cancelled, unknown or in error. */
export function addPanels(
  chart: Chart,
  moment: Moment,
  keys: readonly PanelKey[],
  isCertain = false,
): void {
  for (const key of keys) addPanel(chart, moment, labPanels[key], isCertain);
}

/** Adds a report whose result is words. */
export function addTextResult(chart: Chart, moment: Moment): void {
  const { random } = chart;
  const test = random.pick(textTests.filter(({ loinc: code }) => suits(chart, code)));
  const code = concept(test.name, [loinc, test.loinc]);
  const result = random.pick(test.results);
  const observation = addObservation(
    chart,
    lab(moment, code, {
      ...(random.chance(0.5)
        ? { valueString: result }
        : { valueCodeableConcept: { text: result } }),
      performer: [performer(chart, moment)],
    }),
  );
  addReport(chart, moment, code, [observation]);
}

/** Adds what the patient says of work and smoking: one of them with the vendor's empty value. */
export function addSocialHistory(chart: Chart, moment: Moment): void {
  const draft = (kind: string, code: Record<string, unknown>, rest: Record<string, unknown>) =>
    addObservation(chart, { kind, category: 'social-history', time: moment.time, code, rest });
  draft('occupation', concept('History of Occupation', [loinc, '11341-5']), {
    valueCodeableConcept: {},
  });
  draft('smoking', concept('Tobacco smoking status', [loinc, '72166-2']), {
    valueCodeableConcept: concept('Never smoked', ['http://snomed.info/sct', '266919005']),
  });
}

/** Adds one corrected report: the first value is still in a note, the status says amended. */
export function addAmendedPanel(chart: Chart, moment: Moment): void {
  const { tests } = labPanels.cbc;
  const results = tests.map((test) => {
    const draft = resultDraft(chart, moment, test);
    const note = [
      { text: 'Corrected result. The value first reported was that of another specimen.' },
    ];
    return addObservation(chart, { ...draft, status: 'amended', rest: { ...draft.rest, note } });
  });
  addReport(chart, moment, panelCode(labPanels.cbc), results, 'amended');
}

function addPanel(chart: Chart, moment: Moment, panel: LabPanel, isCertain: boolean): void {
  const results = panel.tests.flatMap((test) => {
    const draft = resultDraft(chart, moment, test);
    const fate = isCertain ? 1 : chart.random.next();
    if (fate < 0.04)
      return [addObservation(chart, withoutResult(draft, 'cancelled', 'Specimen hemolyzed'))];
    if (fate < 0.085) return [addObservation(chart, withoutResult(draft, 'unknown', undefined))];
    addEnteredInError(chart, draft, isCertain ? 0 : labErrorShare, {
      note: [{ text: 'Filed to the wrong date.' }],
    });
    return [addObservation(chart, draft)];
  });
  if (chart.random.chance(0.15)) {
    results.push(
      addObservation(
        chart,
        lab(moment, concept('Laboratory comment'), { valueString: 'Fasting: yes' }),
      ),
    );
  }
  addReport(chart, moment, panelCode(panel), results);
}

function addReport(
  chart: Chart,
  moment: Moment,
  code: Record<string, unknown>,
  results: readonly string[],
  status = 'final',
): void {
  const { random, facilities } = chart;
  const orderer = { reference: random.pick(facilities.providers).reference };
  const order = chart.add(
    {
      resourceType: 'ServiceRequest',
      id: chart.id('ambulatoryorder'),
      status: 'completed',
      intent: 'order',
      category: [concept('Laboratory procedure', ['http://snomed.info/sct', '108252007'])],
      code,
      subject: chart.subject,
      ...(moment.encounter === undefined ? {} : { encounter: { reference: moment.encounter } }),
      authoredOn: moment.time,
      requester: orderer,
    },
    moment.time,
    { provenance: 0.2 },
  );
  chart.add(
    {
      resourceType: 'DiagnosticReport',
      id: chart.id('clinicalresult'),
      basedOn: [{ reference: order }],
      status,
      category: [
        {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/v2-0074',
              code: 'LAB',
              display: 'Laboratory',
            },
          ],
        },
      ],
      code,
      subject: chart.subject,
      ...(moment.encounter === undefined ? {} : { encounter: { reference: moment.encounter } }),
      effectiveDateTime: moment.time,
      issued: moment.time.replace('Z', '.000Z'),
      performer: [performer(chart, moment)],
      resultsInterpreter: [{ reference: facilities.laboratories[laboratoryOf(moment)]?.director }],
      result: results.map((reference) => ({ reference })),
    },
    touched(chart, moment.time),
    { provenance: 0.6 },
  );
}

function resultDraft(chart: Chart, moment: Moment, test: LabTest): ObservationDraft {
  const later = laboratoryOf(moment);
  const value = Math.max(valueAt(chart, test.key, moment.at, test.usual, test.spread), 0.004);
  const range = test.ranges[later] ?? {};
  // The later laboratory prints one more digit of small numbers, zeros included.
  const digits = later === 1 && test.digits > 0 ? test.digits + 1 : test.digits;
  const code = moment.at < typedIn ? concept(test.name) : concept(test.name, [loinc, test.loinc]);
  const flag = interpret(value, range);
  return lab(moment, code, {
    valueQuantity: printed(value, test, digits),
    ...(flag === undefined ? {} : { interpretation: [flagConcept(flag)] }),
    referenceRange: [printRange(range, test)],
    performer: [performer(chart, moment)],
  });
}

function printed(value: number, test: LabTest, digits: number): Record<string, unknown> {
  const { low, high } = test.limits ?? {};
  if (low !== undefined && value < low)
    return { ...quantity(String(low), test.unit), comparator: '<' };
  if (high !== undefined && value > high)
    return { ...quantity(String(high), test.unit), comparator: '>' };
  return quantity(value.toFixed(digits), test.unit);
}

function printRange(range: Range, test: LabTest): Record<string, unknown> {
  const { low, high } = range;
  const text =
    low === undefined
      ? `<${high} ${test.unit}`
      : high === undefined
        ? `>=${low} ${test.unit}`
        : `${low}-${high} ${test.unit}`;
  return {
    ...(low === undefined ? {} : { low: quantity(low.toFixed(test.digits), test.unit) }),
    ...(high === undefined ? {} : { high: quantity(high.toFixed(test.digits), test.unit) }),
    text,
  };
}

function interpret(value: number, { low, high }: Range): 'H' | 'L' | undefined {
  if (low !== undefined && value < low) return 'L';
  return high !== undefined && value > high ? 'H' : undefined;
}

function flagConcept(code: 'H' | 'L'): Record<string, unknown> {
  const system = 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation';
  const display = code === 'H' ? 'High' : 'Low';
  return { coding: [{ system, code, display }], text: display };
}

function withoutResult(
  draft: ObservationDraft,
  status: string,
  reason: string | undefined,
): ObservationDraft {
  const { valueQuantity: _none, interpretation: _flag, ...rest } = draft.rest;
  const absent =
    reason === undefined
      ? { valueCodeableConcept: {} }
      : {
          dataAbsentReason: {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
                code: 'not-performed',
              },
            ],
            text: reason,
          },
        };
  return { ...draft, status, rest: { ...rest, ...absent } };
}

function lab(
  moment: Moment,
  code: Record<string, unknown>,
  rest: Record<string, unknown>,
): ObservationDraft {
  return {
    kind: 'resultamb',
    category: 'laboratory',
    time: moment.time,
    code,
    rest,
    ...(moment.encounter === undefined ? {} : { encounter: moment.encounter }),
  };
}

function panelCode(panel: LabPanel): Record<string, unknown> {
  return concept(panel.name, [loinc, panel.loinc]);
}

function performer(chart: Chart, moment: Moment): { reference: string; display: string } {
  const laboratory = chart.facilities.laboratories[laboratoryOf(moment)];
  return {
    reference: laboratory?.organization ?? chart.facilities.practice,
    display: laboratory?.name ?? '',
  };
}

function laboratoryOf(moment: Moment): 0 | 1 {
  return moment.at < laboratoryChange ? 0 : 1;
}

function suits(chart: Chart, code: string): boolean {
  const { gender, birthDate } = chart.seed.person;
  if (code === '19765-7') return gender === 'female' && birthDate < '1995';
  return code !== '6463-4' || birthDate > '2005';
}

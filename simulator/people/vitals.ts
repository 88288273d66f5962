// Vital signs of a visit, measured in American units and stored in metric ones, which is where the vendor's long
// decimals come from.

import { type Chart, concept } from './chart.ts';
import { trendAt } from './course.ts';
import { courses } from './courses.ts';
import { ageOn } from './dates.ts';
import {
  addEnteredInError,
  addObservation,
  loinc,
  type ObservationDraft,
  quantity,
} from './observations.ts';

/** A visit's moment: the day's share of the history and the time. */
export type Moment = { readonly at: number; readonly time: string; readonly encounter?: string };

// Two in five: with the laboratory's fewer ones this comes to the recorded share over all Observations.
const vitalErrorShare = 0.36;

/** Adds the vital signs of one visit. */
export function addVitals(chart: Chart, moment: Moment): void {
  const { random, seed } = chart;
  const age = ageOn(seed.person.birthDate, moment.time.slice(0, 10));
  const weight = valueAt(chart, 'weight', moment.at, 71, 0.8);
  const height = valueAt(
    chart,
    'height',
    moment.at,
    seed.person.gender === 'male' ? 179 : 165,
    0.3,
  );
  const kilograms = (Math.round(weight / 0.453_592_37) * 0.453_592_37).toString();
  const centimetres = (Math.round((height / 2.54) * 4) / 4) * 2.54;
  if (age >= 3) addPressure(chart, moment);
  add(chart, moment, '8867-4', 'Heart rate', whole(chart, 'heartRate', moment.at, 72, 6), '/min');
  add(chart, moment, '29463-7', 'Body weight', kilograms, 'kg');
  if (age < 18 || random.chance(0.5)) {
    add(chart, moment, '8302-2', 'Body height', centimetres.toString(), 'cm');
  }
  if (age >= 2) {
    const index = Number(kilograms) / (centimetres / 100) ** 2;
    add(chart, moment, '39156-5', 'Body mass index', index.toString(), 'kg/m2');
  }
  if (random.chance(0.7)) {
    const fahrenheit = Math.round(random.around(98.1, 0.5) * 10) / 10;
    add(
      chart,
      moment,
      '8310-5',
      'Body temperature',
      (((fahrenheit - 32) * 5) / 9).toString(),
      'Cel',
    );
  }
  if (random.chance(0.6)) {
    add(
      chart,
      moment,
      '9279-1',
      'Respiratory rate',
      whole(chart, 'respiratoryRate', moment.at, 15, 1.5),
      '/min',
    );
  }
  if (random.chance(0.6)) {
    add(chart, moment, '59408-5', 'Oxygen saturation', String(random.between(96, 100)), '%');
  }
  if (random.chance(0.5)) addPain(chart, moment);
}

/** A value on the course's trend, or around what is usual, with the spread of a measurement. */
export function valueAt(
  chart: Chart,
  key: string,
  at: number,
  usual: number,
  spread: number,
): number {
  const trend = courses[chart.seed.course].trends[key];
  const middle = trend === undefined ? usual : trendAt(trend, at);
  // A low value wavers less: a ferritin of 4 is not 20 the week after.
  return chart.random.around(middle, spread * Math.min(1, middle / usual));
}

function addPressure(chart: Chart, moment: Moment): void {
  const systolic = whole(chart, 'systolic', moment.at, 116, 5);
  const diastolic = whole(chart, 'diastolic', moment.at, 73, 4);
  const part = (code: string, name: string, value: string) => ({
    code: concept(name, [loinc, code]),
    valueQuantity: quantity(value, 'mm[Hg]'),
  });
  const draft = vital(moment, concept('Blood pressure', [loinc, '85354-9']), {
    component: [
      part('8480-6', 'Systolic blood pressure', systolic),
      part('8462-4', 'Diastolic blood pressure', diastolic),
    ],
  });
  addObservation(chart, draft);
  // The usual mistake: both numbers typed into the wrong fields.
  addEnteredInError(chart, draft, vitalErrorShare, {
    component: [
      part('8480-6', 'Systolic blood pressure', diastolic),
      part('8462-4', 'Diastolic blood pressure', systolic),
    ],
  });
}

/** Pain is asked in the vendor's own form and has words for a code, nothing else. */
function addPain(chart: Chart, moment: Moment): void {
  const score = chart.random.pick([0, 0, 0, 1, 2, 3, 5]);
  addObservation(
    chart,
    vital(moment, concept('Pain severity, 0 to 10'), {
      valueQuantity: quantity(`${score}`, '{score}'),
    }),
  );
}

function add(
  chart: Chart,
  moment: Moment,
  code: string,
  name: string,
  token: string,
  unit: string,
): void {
  const draft = vital(moment, concept(name, [loinc, code]), {
    valueQuantity: quantity(token, unit),
  });
  addObservation(chart, draft);
  const wrong = (Number(token) * chart.random.pick([10, 0.1, 2.204_622_621_848_776])).toString();
  addEnteredInError(chart, draft, vitalErrorShare, { valueQuantity: quantity(wrong, unit) });
}

function vital(
  moment: Moment,
  code: Record<string, unknown>,
  rest: Record<string, unknown>,
): ObservationDraft {
  return {
    kind: 'vitalamb',
    category: 'vital-signs',
    time: moment.time,
    code,
    rest,
    ...(moment.encounter === undefined ? {} : { encounter: moment.encounter }),
  };
}

function whole(chart: Chart, key: string, at: number, usual: number, spread: number): string {
  return String(Math.round(valueAt(chart, key, at, usual, spread)));
}

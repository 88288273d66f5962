// Makes a whole world from a seed: people, practices and the resources of every chart. The same request gives the
// same world; nothing here reads a clock or the machine.

import { athenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import { beginChart, type Chart, concept } from './chart.ts';
import { courses } from './courses.ts';
import { addDays, daysBetween, timeOn } from './dates.ts';
import { type Facilities, globalResources, makeFacilities } from './facilities.ts';
import { type ChartSeed, samplePassword } from './family.ts';
import type { PanelKey } from './lab-catalogue.ts';
import { addLaterKinds } from './later-kinds.ts';
import { addAmendedPanel, addPanels, addSocialHistory, addTextResult } from './labs.ts';
import { addObservation, loinc, quantity } from './observations.ts';
import { addCare, addPatient } from './patient.ts';
import { addAllergies, addProblems, dayAt } from './problems.ts';
import { makeRandom } from './random.ts';
import { addImmunizations, addMedications, addProcedures } from './treatments.ts';
import { addDocument, addVisit } from './visits.ts';
import { addVitals } from './vitals.ts';
import type { Account, GeneratedResource, Practice, World, WorldRequest } from './world.ts';

const historyDays = 3652;
// What ten years bring to the main chart, about.
const usualSize = 1400;

/** Who is in a world beside the people that are made up as many as are asked for, and where. */
export type Cast = {
  readonly practices: readonly Practice[];
  readonly charts: readonly ChartSeed[];
  readonly accounts: readonly Account[];
};

/**
 * Makes the world of one environment.
 *
 * @param emit is given each resource as soon as it is made, so that the objects need not all be kept
 */
export function generateWorld(
  request: WorldRequest,
  family: Cast,
  emit: (generated: GeneratedResource) => void,
): World {
  const { practices } = family;
  const others = furtherPeople(request, practices);
  const since = addDays(request.anchor, -historyDays);
  globalResources(since).forEach(emit);
  const facilities = new Map<string, Facilities>();
  for (const practice of practices) {
    const random = makeRandom(request.seed, request.environment, practice.id);
    const made = makeFacilities(practice, random, since);
    facilities.set(practice.id, made.facilities);
    made.resources.forEach(emit);
  }
  for (const [position, seed] of [...family.charts, ...others.charts].entries()) {
    const shared = facilities.get(seed.practiceId);
    if (shared === undefined) throw new RangeError(`No practice ${seed.practiceId}.`);
    writeChart(seed, shared, request, position, emit);
  }
  return { practices, accounts: [...family.accounts, ...others.accounts] };
}

function writeChart(
  seed: ChartSeed,
  facilities: Facilities,
  request: WorldRequest,
  position: number,
  emit: (generated: GeneratedResource) => void,
): void {
  const { anchor } = request;
  const birth = addDays(seed.person.birthDate, 60);
  // A child's history begins at birth; a main chart that is to be small is a shorter one.
  const wanted = seed.isMain ? (request.size ?? usualSize) : usualSize;
  const days = Math.max(200, Math.round(historyDays * Math.min(1, wanted / usualSize)));
  const earliest = seed.course === 'child' ? birth : addDays(anchor, -days);
  const chart = beginChart(
    {
      seed,
      facilities,
      random: makeRandom(request.seed, request.environment, seed.patientId),
      rates: request.rates ?? athenahealthBehaviour.rates,
      start: birth > earliest ? birth : earliest,
      anchor,
    },
    // Ids are numbered in each chart from a place of its own.
    position * Math.max(100_000, 2 * (request.size ?? 0)),
    emit,
  );
  addPatient(chart);
  addCare(chart);
  addProblems(chart);
  addAllergies(chart);
  addMedications(chart);
  addImmunizations(chart);
  addProcedures(chart);
  addVisits(chart);
  if (seed.isMain && request.size !== undefined) fillUp(chart, request.size);
  addLaterKinds(chart);
}

function addVisits(chart: Chart): void {
  const { random, start, anchor, seed } = chart;
  const { visitsAYear, panels, keyDraws = [] } = courses[seed.course];
  const days = daysBetween(start, anchor);
  const visits = Math.round((days / 365.25) * visitsAYear);
  const due = new Map<PanelKey, number>(panels.map(([key]) => [key, random.next() * 0.5]));
  const amendedAt = Math.floor(visits * 0.37);
  for (let visit = 0; visit < visits; visit += 1) {
    const spread = (visit + random.next() * 0.8) / visits;
    const day = dayAt(chart, Math.min(spread, 0.997));
    const at = daysBetween(start, day) / days;
    const moment = addVisit(chart, day, at);
    addVitals(chart, moment);
    const drawn: PanelKey[] = [];
    for (const [key, aYear] of panels) {
      const count = (due.get(key) ?? 0) + aYear / visitsAYear;
      if (count >= 1) drawn.push(key);
      due.set(key, count >= 1 ? count - 1 : count);
    }
    if (visit === amendedAt && drawn.length > 0) addAmendedPanel(chart, moment);
    else addPanels(chart, moment, drawn);
    if (random.chance(0.14)) addTextResult(chart, moment);
    if (visit === 0) addSocialHistory(chart, moment);
  }
  // A chart that was made short has no room for them.
  for (const [at, keys] of days < historyDays / 2 ? [] : keyDraws) {
    const time = timeOn(dayAt(chart, at), random.between(12 * 60, 14 * 60));
    addPanels(chart, { at, time }, keys, true);
  }
}

/** Readings from home, and a summary of every eight rounds of them, until the chart has about the size that was asked for. */
function fillUp(chart: Chart, size: number): void {
  const { random, facilities } = chart;
  const author = facilities.providers[0]?.reference ?? facilities.practice;
  const readings = [
    ['8867-4', 'Heart rate', '/min', 72, 7, 0],
    ['59408-5', 'Oxygen saturation', '%', 97, 0.8, 0],
    ['29463-7', 'Body weight', 'kg', 71, 1.2, 2],
    ['2339-0', 'Glucose [Mass/volume] in Blood', 'mg/dL', 101, 12, 1],
    ['8310-5', 'Body temperature', 'Cel', 36.7, 0.2, 2],
    ['55423-8', 'Number of steps', '{steps}', 6400, 1800, 0],
  ] as const;
  for (let round = 1; chart.count() < size; round += 1) {
    const day = dayAt(chart, random.next());
    const time = timeOn(day, random.between(11 * 60, 15 * 60));
    for (const [code, name, unit, mean, deviation, digits] of readings) {
      const category = code === '2339-0' ? 'laboratory' : 'vital-signs';
      const valueQuantity = quantity(
        Math.max(0, random.around(mean, deviation)).toFixed(digits),
        unit,
      );
      const status = random.chance(chart.rates.observationEnteredInError)
        ? 'entered-in-error'
        : 'final';
      const draft = {
        kind: 'vitalamb',
        category,
        time,
        code: concept(name, [loinc, code]),
        status,
      } as const;
      addObservation(chart, { ...draft, rest: { valueQuantity } });
    }
    // One document for 48 readings: two in a hundred.
    if (round % 8 !== 0) continue;
    const note = `<h1>Readings from home</h1><p>${day}: sent by the patient's device, reviewed without change of plan.</p>`;
    addDocument(chart, { kind: 'remoteNote', title: 'Remote monitoring note', time, author, note });
  }
}

/** People beside the family, one login each. */
function furtherPeople(
  { people, seed, environment, anchor }: WorldRequest,
  practices: readonly Practice[],
): { charts: ChartSeed[]; accounts: Account[] } {
  const charts: ChartSeed[] = [];
  const accounts: Account[] = [];
  for (let number = 1; number <= people; number += 1) {
    const random = makeRandom(seed, environment, 'person', number);
    const practice = random.pick(
      practices.filter((entry) => entry.city !== 'Rockland' && !entry.isOff),
    );
    const patientId = `a-${practice.id}.E-${70_000 + number}`;
    const gender = random.pick(['female', 'male'] as const);
    const given = random.pick(gender === 'female' ? womensNames : mensNames);
    const person = {
      family: random.pick(familyNames),
      given: [given],
      gender,
      birthDate: addDays(anchor, -random.between(22 * 365, 80 * 365)),
      email: `person${number}@example.org`,
    };
    charts.push({ patientId, practiceId: practice.id, course: 'well', isMain: false, person });
    const label = `${given} ${person.family}, your own record`;
    accounts.push({
      username: person.email,
      password: samplePassword,
      displayName: `${given} ${person.family}`,
      ownPatientId: patientId,
      charts: [{ patientId, practiceId: practice.id, label }],
    });
  }
  return { charts, accounts };
}

const womensNames = ['Alma', 'Beatrix', 'Ingrid', 'Keziah', 'Odette', 'Zoë'];
const mensNames = ['Anselm', 'Caspian', 'Emeka', 'Jürgen', 'Leander', 'Silas'];
const familyNames = [
  'Abernathy',
  'Castellano',
  'Eriksdotter',
  'Fairweather',
  'Muñoz',
  'Thackeray',
  'Winterbourne',
];

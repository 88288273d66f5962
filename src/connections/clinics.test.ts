// Proves that a portal which stands in no list of clinics is found by its names, before all others.

import { afterEach, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { searchClinics } from './clinics.ts';

let program: TestProgram;
afterEach(() => program.close());

it.each([
  ['quarry', ['Quarry Hill Health'], []],
  ['health QUAR', ['Quarry Hill Health'], []],
  ['quarry lane', [], ['Quarry Hill Health']],
  ['quárry-hill', ['Quarry Hill Health'], []],
  ['arry', [], ['Quarry Hill Health']],
  ['', [], ['Quarry Hill Health']],
])('a server that was added is found by %j', async (typed, found, offered) => {
  program = await startProgram({ portal: 'smart', isSample: true });
  const { clinics, total, portals } = await searchClinics(program, typed, 10);
  expect(clinics.map(({ clinic }) => clinic.name)).toEqual(found);
  expect(total).toBe(found.length);
  expect(portals.map(({ clinic }) => clinic.name)).toEqual(offered);
});

it.each(['onpatient', 'OnPat', 'drchrono', 'dr chrono'])(
  'a vendor without a list is found by %j',
  async (typed) => {
    program = await startProgram({ portal: 'onpatient', isSample: true });
    const { clinics, portals } = await searchClinics(program, typed, 10);
    expect([...clinics.map(({ clinic }) => clinic.name), portals.length]).toEqual(['OnPatient', 0]);
  },
);

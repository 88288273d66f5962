// Proves with a moved clock that lists of clinics are asked for again by themselves once somebody has had them fetched,
// by what is known of the last one, and that one that fails leaves the last good one.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { DIRECTORY_QUEUE } from '../connections/context.ts';
import { updateJob } from '../connections/directory/job.ts';
import { putListsDue } from './lists-due.ts';

const DAY = 24 * 3_600_000;
const LIST = 'athena-fhir-service-base-urls.json';

let program: TestProgram;
let offset: number;
/** What was known of the list each time that it was asked for. */
let asked: (string | null)[];
let answer: (() => Response) | null;

beforeEach(async () => {
  offset = 0;
  asked = [];
  answer = null;
  program = await startProgram({
    portal: 'athenahealth',
    clock: { now: () => Date.now() + offset, wait: () => Promise.resolve() },
    written: (simulatorUrl) => ({
      directoryUrl: `${simulatorUrl}/athenahealth/production/${LIST}`,
    }),
    outbound: async (url, init) => {
      if (!url.endsWith(LIST)) return outbound(url, init);
      asked.push(new Headers(init?.headers).get('if-none-match'));
      return answer?.() ?? outbound(url, init);
    },
  });
  await program.jobs.start({ [DIRECTORY_QUEUE]: updateJob(program.context) });
});
afterEach(() => program.close());

/** Goes to a day from now, puts what is due then, and waits until it is done. */
async function onDay(days: number): Promise<void> {
  offset = days * DAY;
  await putListsDue(program, 0);
  await program.jobs.idle();
}
const fetchFirst = async () => {
  const [entry] = program.directory.offered();
  if (entry) await program.directory.update(entry);
};
const state = async () => (await program.directory.states())[0];

it('a list that nobody has had fetched is never asked for', async () => {
  for (const days of [0, 8, 400]) await onDay(days);
  expect(asked).toEqual([]);
});

it('a list is asked for again about a week later, by its ETag, and a week after that', async () => {
  await fetchFirst();
  await onDay(6);
  expect(asked).toEqual([null]);
  await onDay(8);
  expect(asked).toEqual([null, expect.stringMatching(/^"/)]);
  expect((await state())?.checkedAt).toBe((await state())?.triedAt);
  await onDay(9);
  expect(asked).toHaveLength(2);
  await onDay(16);
  expect(asked).toHaveLength(3);
});

it('a list that fails leaves the last good one, says since when and why, and is tried the next day', async () => {
  await fetchFirst();
  const before = await state();
  answer = () => new Response('gone', { status: 503 });
  await onDay(8);
  const after = await state();
  expect(after).toMatchObject({
    clinics: before?.clinics,
    checkedAt: before?.checkedAt,
    trouble: 'directory.refused',
  });
  expect(Date.parse(after?.triedAt ?? '') - Date.parse(before?.triedAt ?? '')).toBeGreaterThan(
    7 * DAY,
  );
  await onDay(8.5);
  expect(asked).toHaveLength(2);
  answer = null;
  await onDay(9.5);
  expect(await state()).toMatchObject({ trouble: null, clinics: before?.clinics });
});

it('what was missed while the program did not run is asked for once', async () => {
  await fetchFirst();
  await onDay(90);
  await putListsDue(program, 0);
  await program.jobs.idle();
  expect(asked).toHaveLength(2);
});

// Proves that of what was asked for by id only that counts as given.

import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import type { Outbound } from '../platform/outbound.ts';
import { questionsOf } from '../records/runs.ts';

let program: TestProgram;
afterEach(() => program.close());

/** In place of the first that was asked for, some that were not. */
const others: Outbound = async (url, init) => {
  const response = await outbound(url, { ...init, leavePacked: false });
  if (!url.includes('/Practitioner?_id=')) return response;
  const { entry: [, ...rest] = [], ...bundle } = (await response.json()) as { entry?: object[] };
  const unasked = ['x1', 'x2', 'x3'].map((id) => ({
    resource: { resourceType: 'Practitioner', id },
  }));
  return Response.json({ ...bundle, entry: [...rest, ...unasked] });
};

it('what was asked for and did not come is missing, whatever else came', async () => {
  program = await startProgram({ outbound: others });
  const { id } = await program.sync(await program.connect());
  const questions = await questionsOf(program.db, id);
  expect(questions.find(({ key }) => key === 'practitioners')).toMatchObject({
    outcome: 'part',
    code: 'fhir.not_found',
    detail: expect.stringMatching(/^1 of \d+ were not given$/),
  });
});

/** Gives what is asked for by id one record a page, as some servers do whatever is asked. */
const onePerPage: Outbound = async (url, init) => {
  const response = await outbound(url, { ...init, leavePacked: false });
  const asked = new URL(url);
  if (!asked.searchParams.get('_id')?.includes(',')) return response;
  const { entry = [], ...bundle } = (await response.json()) as { entry?: object[] };
  const at = Number(asked.searchParams.get('page') ?? 0);
  asked.searchParams.set('page', String(at + 1));
  const link = at + 1 < entry.length ? [{ relation: 'next', url: asked.href }] : [];
  return Response.json({ ...bundle, link, entry: entry.slice(at, at + 1) });
};

it('what comes on several pages all came', async () => {
  program = await startProgram({ outbound: onePerPage });
  const { id } = await program.sync(await program.connect());
  const questions = await questionsOf(program.db, id);
  const practitioners = questions.find(({ key }) => key === 'practitioners');
  expect(practitioners).toMatchObject({ outcome: 'full', setAside: 0 });
  expect(practitioners?.pages).toBe(practitioners?.received);
  expect(practitioners?.received).toBeGreaterThan(1);
});

it('what is referred to only by what was asked for at the same time is asked for after it', async () => {
  const asked: string[] = [];
  program = await startProgram({
    outbound: async (url, init) => {
      const response = await outbound(url, { ...init, leavePacked: false });
      const [, type, ids] = /\/(\w+)\?_id=([^&]*)/.exec(url) ?? [];
      if (type) asked.push(`${type} ${ids}`);
      if (type !== 'Practitioner') return response;
      const { entry = [], ...bundle } = (await response.json()) as {
        entry?: { resource: object }[];
      };
      const employed = entry.map(({ resource }) => ({
        resource: {
          ...resource,
          extension: [{ valueReference: { reference: 'Organization/late' } }],
        },
      }));
      return Response.json({ ...bundle, entry: employed });
    },
  });
  const { id } = await program.sync(await program.connect());
  const organizations = (await questionsOf(program.db, id)).find(
    ({ type }) => type === 'Organization',
  );
  expect(asked.filter((one) => one.startsWith('Organization')).at(-1)).toBe('Organization late');
  expect(organizations).toMatchObject({
    outcome: 'part',
    code: 'fhir.not_found',
    detail: expect.stringMatching(/^1 of \d+ were not given$/),
  });
});

it('what the answers before the last refer to is asked for while that still comes, each once', async () => {
  const asked: string[] = [];
  program = await startProgram({
    outbound: (url, init) => {
      const [, type, rest = ''] = /\/fhir\/r4\/(\w+)\?(.*)/.exec(url) ?? [];
      if (type) asked.push(rest.startsWith('_id=') ? `${type} ${rest.split('&')[0]}` : type);
      return outbound(url, init);
    },
  });
  program.simulator.control.setFaults([{ name: 'page.small', type: 'Observation', most: 4 }]);
  const { id } = await program.sync(await program.connect());
  const byId = asked.filter((one) => /^(?!Patient).* _id=/.test(one));
  expect(asked.lastIndexOf('Observation')).toBeGreaterThan(asked.indexOf(byId[0] ?? ''));
  const ids = byId.flatMap((one) => {
    const [type, list = ''] = one.split(' _id=');
    return decodeURIComponent(list)
      .split(',')
      .map((each) => `${type}/${each}`);
  });
  expect(ids.length).toBeGreaterThan(3);
  expect(new Set(ids).size).toBe(ids.length);
  const questions = (await questionsOf(program.db, id)).filter(({ request }) =>
    /_id=$/.test(request),
  );
  expect(new Set(questions.map(({ outcome }) => outcome))).toEqual(new Set(['full']));
});

/** Links each answer to practitioners to somewhere; with `less`, the first of several is left out. */
const linkedTo =
  (to: (url: string) => string, { less = false } = {}): Outbound =>
  async (url, init) => {
    const response = await outbound(url, { ...init, leavePacked: false });
    if (!url.includes('/Practitioner?_id=')) return response;
    const { entry = [], ...bundle } = (await response.json()) as { entry?: object[] };
    const link = [{ relation: 'next', url: to(url) }];
    return Response.json({ ...bundle, link, entry: less ? entry.slice(1) : entry });
  };

it.each([
  ['to itself', (url: string) => url],
  ['to another server', () => 'http://192.0.2.1/fhir/Practitioner?page=2'],
])('what was asked for and came all came, though the portal links %s', async (_where, to) => {
  program = await startProgram({ outbound: linkedTo(to) });
  const { id } = await program.sync(await program.connect());
  const questions = await questionsOf(program.db, id);
  const practitioners = questions.find(({ key }) => key === 'practitioners');
  expect(practitioners).toMatchObject({ outcome: 'full', code: null, pages: 1, unchanged: 0 });
});

it('what did not come since a link is not followed is missing for that reason', async () => {
  const elsewhere = () => 'http://192.0.2.1/fhir/Practitioner?page=2';
  program = await startProgram({ outbound: linkedTo(elsewhere, { less: true }) });
  const { id } = await program.sync(await program.connect());
  const questions = await questionsOf(program.db, id);
  expect(questions.find(({ key }) => key === 'practitioners')).toMatchObject({
    outcome: 'part',
    code: 'sync.next_link_foreign',
    detail: expect.stringMatching(/^1 of \d+ were not given$/),
  });
});

it('what one kind was not answered for is left to the others, up to the limit', async () => {
  const refuseMedications: Outbound = async (url, init) =>
    url.includes('/Medication?_id=') ? new Response('', { status: 403 }) : outbound(url, init);
  const outcomesWithin = async (referenced?: number) => {
    const limits = referenced === undefined ? {} : { referenced };
    program = await startProgram({
      outbound: refuseMedications,
      vendor: (vendor) => ({
        ...vendor,
        portal: { ...vendor.portal, limits: { ...vendor.portal.limits, ...limits } },
      }),
    });
    const { id } = await program.sync(await program.connect());
    const byId = (await questionsOf(program.db, id)).filter(({ request }) => /_id=$/.test(request));
    return byId.map(({ type, outcome, code, received }) => ({ type, outcome, code, received }));
  };
  const without = await outcomesWithin();
  expect(without.filter(({ outcome }) => outcome !== 'full')).toMatchObject([
    { type: 'Medication', outcome: 'refused' },
  ]);
  await program.close();
  const received = without.reduce((sum, question) => sum + question.received, 0);
  expect(received).toBeGreaterThan(3);
  expect(await outcomesWithin(received)).toEqual(without);
});

describe('a portal that refuses single ones of what is asked for by id', () => {
  const asked: string[] = [];
  /** Answers with a status where several practitioners are asked for, or one that is refused. */
  const refusing =
    (status: number, isRefused: (nth: number) => boolean): Outbound =>
    (url, init) => {
      const ids = /\/Practitioner\?_id=([^&]*)/.exec(url)?.[1];
      if (ids === undefined) return outbound(url, init);
      const isOne = !ids.includes(',');
      if (isOne) asked.push(ids);
      const issue = [{ severity: 'error', code: 'invalid', diagnostics: 'Not this one' }];
      const refusal = Response.json({ resourceType: 'OperationOutcome', issue }, { status });
      return isOne && !isRefused(asked.length) ? outbound(url, init) : Promise.resolve(refusal);
    };
  const practitionersOf = async (status: number, isRefused: (nth: number) => boolean) => {
    asked.length = 0;
    program = await startProgram({ outbound: refusing(status, isRefused) });
    const { id } = await program.sync(await program.connect());
    const questions = await questionsOf(program.db, id);
    return questions.find(({ key }) => key === 'practitioners') ?? expect.fail('not asked');
  };

  it.each([400, 404, 410])('for one of them by %i gives the others', async (status) => {
    const question = await practitionersOf(status, (nth) => nth === 2);
    expect(asked.length).toBeGreaterThan(3);
    expect(question).toMatchObject({
      outcome: 'part',
      code: 'fhir.not_found',
      httpStatus: null,
      detail: `1 of ${asked.length} were not given`,
      received: asked.length - 1,
    });
  });

  it('for two of three gives all the others', async () => {
    const question = await practitionersOf(404, (nth) => nth % 3 !== 0);
    const given = Math.floor(asked.length / 3);
    // More than in a row would end it.
    expect(asked.length - given).toBeGreaterThan(3);
    expect(question).toMatchObject({
      outcome: 'part',
      detail: `${asked.length - given} of ${asked.length} were not given`,
      received: given,
    });
  });

  it('for three in a row is not asked for the rest, which is told with their number', async () => {
    const { received: all } = await practitionersOf(400, () => false);
    await program.close();
    const question = await practitionersOf(400, (nth) => nth > 1);
    expect(asked).toHaveLength(4);
    expect(question).toMatchObject({
      outcome: 'part',
      code: 'sync.refused_in_a_row',
      detail: `${all - 4} of ${all} were not asked for`,
      received: 1,
    });
  });

  it.each([
    [400, { outcome: 'failed', code: 'fhir.rejected' }],
    [404, { outcome: 'refused', code: 'fhir.not_found' }],
  ])('and gives none is taken at its word, by %i', async (status, as) => {
    const question = await practitionersOf(status, () => true);
    expect(asked).toHaveLength(3);
    expect(question).toMatchObject({ ...as, httpStatus: status, detail: 'Not this one', pages: 0 });
  });

  it('by what it says of the access, not of the question, is not asked on', async () => {
    const question = await practitionersOf(403, () => false);
    expect(asked).toEqual([]);
    expect(question).toMatchObject({ outcome: 'refused', code: 'fhir.forbidden' });
  });
});

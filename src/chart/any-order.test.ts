// Proves the chart for any order of arrival: the one that would be made anew (law L3), the same from the same
// records, and as its index says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { person, type Scene } from '../records/contract-aids.ts';
import { projectPerson, rebuildPerson } from './project.ts';
import { chartOf, inVisit, openChart, report, result, visit } from './contract-aids.ts';
import { timelineDays, timelineIndex } from './timeline/timeline.ts';

const DAYS = ['2026-11-17', '2026-11-18T09:00:00Z', '2026-11-18', '2026-11', '2026'];
/** A small world in which things refer to one another and come in several versions. */
const arrival = fc.oneof(
  fc
    .record({ id: fc.constantFrom('e1', 'e2'), day: fc.constantFrom(...DAYS) })
    .map(({ id, day }) => visit(id, day)),
  fc
    .record({
      id: fc.constantFrom('a', 'b', 'c'),
      day: fc.constantFrom(...DAYS),
      value: fc.integer({ min: 1, max: 9 }),
      visit: fc.constantFrom('e1', 'e2'),
      status: fc.constantFrom('final', 'entered-in-error', 'cancelled'),
    })
    .map(({ id, day, value, visit: of, status }) =>
      result(id, day, value, { ...inVisit(of), status, referenceRange: [{ high: { value: 5 } }] }),
    ),
  fc
    .record({
      id: fc.constantFrom('r1', 'r2'),
      day: fc.constantFrom(...DAYS),
      held: fc.subarray(['a', 'b', 'c']),
      visit: fc.constantFrom('e1', 'e2'),
    })
    .map(({ id, day, held, visit: of }) => report(id, day, held, inVisit(of))),
);

describe('the chart, whatever came when,', () => {
  it('is the one that would be made anew [law L3]', async () => {
    const steps = fc.array(
      fc.record({ come: fc.array(arrival, { minLength: 1, maxLength: 4 }), make: fc.boolean() }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const own = await openChart();
        try {
          for (const { come, make } of given) {
            await own.commit(come);
            if (make) await projectPerson(own.db, person);
          }
          await projectPerson(own.db, person);
          const before = await chartOf(own);
          await rebuildPerson(own.db, person);
          expect(before).toEqual(await chartOf(own));
        } finally {
          await own.store.close();
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same in any order of arrival', async () => {
    const set = fc
      .uniqueArray(arrival, { selector: (one) => `${one.type}/${one.id}`, minLength: 2 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(set, async ([all, shuffled, makes]) => {
        const [one, other] = [await openChart(), await openChart()];
        try {
          await one.commit(all);
          await projectPerson(one.db, person);
          for (const [at, come] of shuffled.entries()) {
            await other.commit([come]);
            if (makes[at]) await projectPerson(other.db, person);
          }
          await projectPerson(other.db, person);
          expect(await namedChartOf(other)).toEqual(await namedChartOf(one));
        } finally {
          await one.store.close();
          await other.store.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has the same days, rows and groups in its index as in its days, filtered or not', async () => {
    const filter = fc.record({
      kinds: fc.subarray(['visit', 'result', 'panel'] as const),
      sources: fc.constant([]),
      flagged: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrival, { minLength: 1, maxLength: 12 }),
        filter,
        async (come, by) => {
          const own = await openChart();
          try {
            await own.commit(come);
            await projectPerson(own.db, person);
            const { days } = await timelineIndex(own.db, person, by, 'all');
            const read = await timelineDays(
              own.db,
              person,
              days.map((d) => d.day),
              by,
              'all',
            );
            const counted = read.map(({ day, groups }) => ({
              day,
              rows: groups.reduce((sum, group) => sum + group.rows.length, 0),
              groups: groups.length,
            }));
            expect(counted).toEqual(days);
          } finally {
            await own.store.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** The same with the portal's own ids in place of ours, which are random. */
async function namedChartOf(of: Scene) {
  const { rows, results } = await chartOf(of);
  const names = new Map(rows.map((row) => [row.resource_id, `${row.type}/${row.fhir_id}`]));
  const named = <T extends object>(row: T) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        value === of.source ? 'source' : (names.get(value as string) ?? (value as unknown)),
      ]),
    );
  const byName = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
  return [...rows.map(named).sort(byName), ...results.map(named).sort(byName)];
}

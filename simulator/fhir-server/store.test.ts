// The store's copies: two simulators that begin with the same people change nothing for one another.

import { expect, it } from 'vitest';
import { makeResourceStore } from './store.ts';

const goal = (id: string, text = 'Walk') => ({
  resource: { resourceType: 'Goal', id, description: { text } },
  patientId: 'p',
  updated: '2026-11-01T00:00:00Z',
});

it('a copy holds the same in the same order, and neither sees what becomes of the other', () => {
  const first = makeResourceStore([goal('a'), goal('b'), goal('c')]);
  first.put(goal('a', 'Walk daily'));
  const copy = first.copy();
  expect(copy.ofPatient('p', 'Goal')).toEqual(first.ofPatient('p', 'Goal'));
  expect(copy.get('Goal', 'a')?.text).toContain('Walk daily');
  copy.put(goal('b', 'Run'));
  copy.delete('Goal', 'c');
  first.put(goal('d'));
  const ids = (store: typeof first) => store.ofPatient('p', 'Goal').map(({ id }) => id);
  expect([ids(first), ids(copy)]).toEqual([
    ['a', 'b', 'c', 'd'],
    ['a', 'b'],
  ]);
  expect(first.get('Goal', 'b')?.text).toContain('Walk');
});

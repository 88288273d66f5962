// Proves the order in which the sheet steps through records.

import { expect, it } from 'vitest';
import type { TimelineDay, TimelineRow } from '../../../http/contract.ts';
import { recordOrder } from './use-days.ts';

const row = (id: string): TimelineRow => ({
  id,
  kind: 'result',
  title: id,
  note: null,
  value: null,
  unit: null,
  flag: null,
  enteredInError: false,
  amended: false,
  goneAt: null,
});
const source = { id: 's', name: 'Source', mark: 'circle' } as const;

it('steps through a visit before its rows, day after day', () => {
  const days: TimelineDay[] = [
    {
      day: '2026-11-17',
      groups: [
        {
          visit: { id: 'visit', title: 'Office visit', note: null, clinician: null },
          source,
          rows: [row('a'), row('b')],
        },
        { visit: null, source, rows: [row('c')] },
      ],
    },
    { day: null, groups: [{ visit: null, source, rows: [row('d')] }] },
  ];
  expect(recordOrder(days)).toEqual(['visit', 'a', 'b', 'c', 'd']);
});

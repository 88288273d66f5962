// Owns the shapes on the wire of what changed: in sum, record by record, and the history of one.

import { z } from 'zod';
import { id, instant } from './access.ts';
import { count, keptDate, kind, namedSource, timelineRow } from './chart-parts.ts';

/** A value that no longer counts, with when it came. */
export const earlierValue = z.object({
  value: z.string(),
  unit: z.string().nullable(),
  receivedAt: instant,
});

/** A field of a record that differs; null where there was, or is, none. */
export const fieldDifference = z.object({
  /** As on the sheet: `Value`, `Status`, `Dosage` … */
  label: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** The same number in another spelling. */
  isSameValue: z.boolean(),
});

/**
 * GET /api/people/:id/changes: since the account's last visit, or with the last sync of each connection; `connection`
 * and `receipt` narrow it to the last sync of one connection, and to one sync.
 */
export const changesQuery = z.object({
  since: z.enum(['visit', 'sync']).default('visit'),
  connection: id.optional(),
  receipt: id.optional(),
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^[0-3]-\d{1,15}$/)
    .optional(),
});

/** How many records of each fate. `first`: received for the first time, with the whole of their kind. */
export const changeTally = z.object({
  first: count,
  new: count,
  changed: count,
  gone: count,
  back: count,
});

/** What became of a record: new, changed, no longer reported, reported again. */
export const changeKind = z.enum(['new', 'changed', 'gone', 'back']);

export const changeRow = timelineRow.extend({
  change: changeKind,
  day: keptDate,
  source: namedSource,
  /** When it came, or was found to be gone. */
  at: instant,
  differences: z.array(fieldDifference),
});

export const changes = z.object({
  since: z.object({
    by: z.enum(['visit', 'sync', 'receipt']),
    /** End of the last visit or of the sync; null where there was none before. */
    at: instant.nullable(),
  }),
  /** Whether the chart has come as far as what was received: else more is on the way. */
  isWhole: z.boolean(),
  sum: changeTally,
  kinds: z.array(changeTally.extend({ kind })),
  first: z.array(z.object({ source: namedSource, at: instant, records: count })),
  /** What has no place in the chart: people, places, bills. It is counted here and in no sum. */
  background: changeTally,
  /** Those that changed, then no longer reported, back, new; the latest first. */
  rows: z.array(changeRow),
  next: z.string().nullable(),
});

/** POST /api/people/:id/visit: the account looks at the record now. `last`: when it looked before this visit. */
export const visit = z.object({ last: instant.nullable() });

/** GET /api/people/:id/records/:recordId/history */
export const historyQuery = z.object({
  /** `next` of the page before. */
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
});
export const recordHistory = z.object({
  /** Latest first. */
  events: z.array(
    z.object({
      kind: z.enum(['version', 'gone', 'back']),
      at: instant,
      version: count.nullable(),
      /** The sync that brought it; null for a file. */
      receiptId: id.nullable(),
      /** What the version says otherwise than the one before. */
      differences: z.array(fieldDifference),
    }),
  ),
  next: z.string().nullable(),
});

/** GET /api/people/:id/records/:recordId/history/:version: what differs from the text of the version before. */
export const rawDifference = z.object({
  version: count,
  places: z.array(
    z.object({
      /** `component[1].valueQuantity.value` */
      path: z.string(),
      /** JSON text as it was written; a long one is cut. */
      before: z.string().nullable(),
      after: z.string().nullable(),
      isSameValue: z.boolean(),
      /** It moves in each answer of this portal, so it counts as no change. */
      isVolatile: z.boolean(),
    }),
  ),
  /** How many more places differ. */
  more: count,
});

export type ChangesQuery = z.output<typeof changesQuery>;
export type ChangeTally = z.infer<typeof changeTally>;
export type ChangeRow = z.infer<typeof changeRow>;
export type Changes = z.infer<typeof changes>;
export type FieldDifference = z.infer<typeof fieldDifference>;
export type RecordHistory = z.infer<typeof recordHistory>;
export type RawDifference = z.infer<typeof rawDifference>;
export type EarlierValue = z.infer<typeof earlierValue>;
export type Visit = z.infer<typeof visit>;

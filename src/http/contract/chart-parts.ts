// Owns the parts that several shapes of the readable record are made of.

import { z } from 'zod';
import { id, instant } from './access.ts';

export const count = z.number().int().nonnegative();

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: as precise as the source said. */
export const partialDate = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/);
/** A date as it is kept; one in another form counts as not recorded, and is in the record's own text. */
export const keptDate = z
  .string()
  .nullable()
  .transform((text) => partialDate.safeParse(text).data ?? null);
/** The shapes that stand for sources, in the order they are given out. */
export const sourceMark = z.enum(['circle', 'square', 'diamond', 'hexagon', 'ring', 'plus']);
/** Where a record came from. */
export const namedSource = z.object({ id, name: z.string(), mark: sourceMark });

/** What a timeline row or record is about. Told by icon and label, never by colour. */
export const kind = z.enum([
  'visit',
  'result',
  'panel',
  'vital',
  'medication',
  'condition',
  'allergy',
  'immunization',
  'procedure',
  'document',
  'order',
  'plan',
  'goal',
  'care-team',
  'device',
  'other',
]);
export const flag = z.enum(['low', 'high', 'critical-low', 'critical-high', 'abnormal']);

export const timelineRow = z.object({
  /** The record's id, for the sheet. */
  id,
  kind,
  title: z.string(),
  /** Small print beside the title: `9 results`, `text only`. */
  note: z.string().nullable(),
  /** The right-hand fact: `Hemoglobin 11.4`, `started`, `given`. */
  value: z.string().nullable(),
  unit: z.string().nullable(),
  flag: flag.nullable(),
  enteredInError: z.boolean(),
  amended: z.boolean(),
  /** Since when its portal reports it no longer. */
  goneAt: instant.nullable(),
});

export type SourceMark = z.infer<typeof sourceMark>;
export type Kind = z.infer<typeof kind>;
export type Flag = z.infer<typeof flag>;
export type TimelineRow = z.infer<typeof timelineRow>;

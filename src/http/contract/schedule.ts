// Owns the shapes on the wire of when a connection is synced by itself.

import { z } from 'zod';
import { everyChoices, isZone } from '../../sync/schedule.ts';

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** Hours in which no sync begins by itself, by the clocks of `zone`. */
const quietHours = z.object({
  from: timeOfDay,
  to: timeOfDay,
  zone: z.string().min(1).max(64).refine(isZone, 'a zone such as America/New_York'),
});

/** PUT /api/connections/:id/schedule. `every` null: as often as the portal is asked by default. */
export const scheduleRequest = z.object({
  every: z.enum(everyChoices).nullable(),
  quiet: quietHours.nullable(),
});

export const connectionSchedule = scheduleRequest.extend({
  /** The hours between two syncs where nothing is chosen. */
  defaultHours: z.number().positive(),
  /** Whether the portal lets access be renewed; without, each sync takes a sign-in. */
  renews: z.boolean(),
});

export type ScheduleRequest = z.infer<typeof scheduleRequest>;

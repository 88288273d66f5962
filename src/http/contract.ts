// Owns the shapes that travel between server and web: zod schemas, and the types made from them.
// The web imports the types only. Times are ISO 8601 in UTC; dates keep the precision they came with.

import { z } from 'zod';
import { id, instant, ownAccount, sightKind } from './contract/access.ts';
import { earlierValue } from './contract/changes.ts';
import {
  count,
  flag,
  keptDate,
  kind,
  partialDate,
  sourceMark,
  timelineRow,
} from './contract/chart-parts.ts';
import { directory, environment, portalKey } from './contract/clinics.ts';
import { connectionSchedule } from './contract/schedule.ts';

export * from './contract/access.ts';
export * from './contract/changes.ts';
export * from './contract/chart-parts.ts';
export * from './contract/clinics.ts';
export * from './contract/schedule.ts';
export * from './contract/servers.ts';

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  act: z.enum(['person', 'clinic', 'operator', 'us']).optional(),
  retry: z.enum(['never', 'later', 'after-reconnect']).optional(),
});

export const person = z.object({
  id,
  name: z.string(),
  birthDate: keptDate,
  /** Filled by the simulator; goes with one click. */
  sample: z.boolean(),
  /** How many of its records the account may see. */
  records: count,
  /** Whether the account decides over this record: connecting, syncing, who may see it. */
  manages: z.boolean(),
  /** The kinds that it sees of this record; null for all. */
  kinds: z.array(sightKind).nullable(),
});

/** GET /api/session. Signed out: only `signedIn: false`. */
export const session = z.discriminatedUnion('signedIn', [
  z.object({ signedIn: z.literal(false) }),
  z.object({
    signedIn: z.literal(true),
    account: ownAccount,
    people: z.array(person),
    /** Whether simulated portals run beside this instance. */
    simulator: z.boolean(),
    /** Whether pages and sessions cross a network in clear: plain http at an address that is not this machine's own. */
    plainHttp: z.boolean(),
  }),
]);

/** POST /api/connections. `personId` null: a new person, named as the portal's patient. */
export const connectRequest = z.object({
  portal: portalKey,
  clinicId: z.string().max(200),
  personId: id.nullable(),
  /** Made by the client: the same key again is the same request, and makes no second connection. */
  key: z
    .string()
    .regex(/^[\w-]{16,64}$/)
    .optional(),
});
/** `go` is an address of this server that serves this one attempt; the browser navigates there. */
export const connectReply = z.object({ connectionId: id, go: z.string() });

/** One tick of the progress bar. */
export const questionTick = z.enum(['pending', 'asking', 'full', 'part', 'refused', 'failed']);

export const progress = z.object({
  runId: id,
  startedAt: instant,
  ticks: z.array(questionTick),
  done: count,
  total: count,
  received: count,
  /** What is asked just now. */
  current: z.object({ label: z.string(), page: count, received: count }).nullable(),
  /** What came so far, largest first. */
  kinds: z.array(z.object({ label: z.string(), received: count })),
  /** What was refused or failed so far: `Coverage was refused, the rest goes on`. */
  troubles: z.array(z.object({ label: z.string(), outcome: questionTick })),
});

/** The vendor's own, to send to the clinic where it alone can let anybody in; null everywhere else. */
const wordsForClinic = z.string().nullable();

/** A connection's state. Each has a sentence of its own on the card. */
export const connectionState = z.discriminatedUnion('kind', [
  /** The person is at the portal, or left there. */
  z.object({ kind: z.literal('authorising'), since: instant }),
  /** Signed in; the person must say that this is the right patient. */
  z.object({
    kind: z.literal('confirm'),
    patient: z.object({
      name: z.string(),
      birthDate: keptDate,
      gender: z.string().nullable(),
    }),
    /** Whose record it is meant to go into; null for a new person. */
    into: id.nullable(),
    /** Everyone it may go into, and in what the patient differs from them. */
    people: z.array(
      z.object({
        personId: id,
        name: z.string(),
        birthDate: keptDate,
        sample: z.boolean(),
        differs: z.array(z.enum(['name', 'birthDate'])),
      }),
    ),
    scopesMissing: z.array(z.string()),
  }),
  /** `trouble`, with its code: why the last sign-in did not succeed, or the last sync reached nothing. */
  z.object({
    kind: z.literal('ready'),
    code: z.string().nullable(),
    trouble: z.string().nullable(),
  }),
  /** A sync is queued and not begun: others have their turn, or it is tried again in a while. */
  z.object({ kind: z.literal('waiting') }),
  z.object({ kind: z.literal('syncing'), progress }),
  /** The portal's permission has ended or was withdrawn; the record is kept. */
  z.object({
    kind: z.literal('sign-in-again'),
    code: z.string(),
    sentence: z.string(),
    since: instant,
    words: wordsForClinic,
  }),
  /** The sign-in did not succeed, or the connection leads nowhere as this Chartfold is configured. */
  z.object({
    kind: z.literal('failed'),
    code: z.string(),
    sentence: z.string(),
    act: z.enum(['person', 'clinic', 'operator', 'us']),
    since: instant,
    words: wordsForClinic,
  }),
  /** Ended by the person; what was received is kept. `trouble`: what is left to do, or why it did not begin again. */
  z.object({
    kind: z.literal('disconnected'),
    since: instant,
    trouble: z.string().nullable(),
  }),
]);

export const receiptSummary = z.object({
  id,
  finishedAt: instant.nullable(),
  asked: count,
  answeredInFull: count,
  /** Records; files are counted apart. */
  new: count,
  newFiles: count,
  changed: count,
  gone: count,
});

export const connection = z.object({
  id,
  personId: id.nullable(),
  personName: z.string().nullable(),
  portal: portalKey,
  portalName: z.string(),
  environment,
  clinicName: z.string(),
  town: z.string().nullable(),
  mark: sourceMark,
  sample: z.boolean(),
  records: count,
  createdAt: instant,
  state: connectionState,
  /** The portal sent this account back while nobody was signed in; `go-on` goes on from there. */
  signInWaits: z.boolean(),
  lastReceipt: receiptSummary.nullable(),
  schedule: connectionSchedule,
  /** When the next sync begins by itself; null where none does, and while one runs or waits. */
  nextSyncAt: instant.nullable(),
  /** When the portal's permission ends unless one signs in there again; null where the portal does not say. */
  signInBy: instant.nullable(),
  /** Where the last sign-in was at another clinic than the one chosen, or it is in doubt which: a sentence. */
  clinicNote: z.string().nullable(),
  /** Where the vendor's own session in the browser is ended, which signs in the same patient again and again. */
  signOut: z.string().nullable(),
  /** A sentence about the portal's known limits, if any. */
  note: z.string().nullable(),
});
/** GET /api/connections, and in each `connections` event of GET /api/events. */
export const connections = z.object({ connections: z.array(connection) });

/**
 * Server-sent events of GET /api/events. `connections` carries all of them; `chart` says whose chart changed; `people`
 * says that the account may see more or less than before, so the session is to be asked for anew; `session`, the last
 * one, that the session has ended: whoever is signed in in this browser now is to be asked for.
 */
export const streamEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('connections'), data: connections }),
  z.object({ event: z.literal('chart'), data: z.object({ personId: id }) }),
  z.object({ event: z.literal('people'), data: z.object({}) }),
  z.object({ event: z.literal('directory'), data: directory }),
  z.object({ event: z.literal('session'), data: z.object({}) }),
]);

/** GET /api/connections/:id/receipts */
export const receipts = z.object({ receipts: z.array(receiptSummary) });

export const receiptQuestion = z.object({
  key: z.string(),
  label: z.string(),
  /** What narrows it: `problem list`, `pages 1 to 4`. */
  note: z.string().nullable(),
  why: z.string(),
  request: z.string(),
  pages: count,
  received: count,
  new: count,
  changed: count,
  unchanged: count,
  gone: count,
  setAside: count,
  /** What was set aside, by reason and FHIR type (empty where the entry says none). */
  setAsideWhy: z.array(
    z.object({ code: z.string(), sentence: z.string(), type: z.string(), count }),
  ),
  outcome: z.enum(['pending', 'asking', 'full', 'part', 'refused', 'failed']),
  /** For all but `full`: the code, its sentence, and who can mend it. */
  reason: z
    .object({
      code: z.string(),
      sentence: z.string(),
      /** What the portal itself said, if anything. */
      portalSaid: z.string().nullable(),
      httpStatus: z.number().nullable(),
      act: z.enum(['person', 'clinic', 'operator', 'us']),
      retry: z.enum(['never', 'later', 'after-reconnect']),
      words: wordsForClinic,
    })
    .nullable(),
});

/** GET /api/receipts/:id */
export const receipt = z.object({
  id,
  connectionId: id,
  clinicName: z.string(),
  portalName: z.string(),
  environment,
  personId: id,
  personName: z.string(),
  sample: z.boolean(),
  trigger: z.enum(['first', 'manual', 'scheduled']),
  startedAt: instant,
  finishedAt: instant.nullable(),
  asked: count,
  answeredInFull: count,
  /** Of those answered in full: asked for less than everything, as their notes say. */
  narrowed: count,
  inPart: count,
  refused: count,
  failed: count,
  pages: count,
  received: count,
  new: count,
  changed: count,
  unchanged: count,
  setAside: count,
  /** What was stored before and the portal reports no longer. */
  gone: count,
  /** Whether all was asked for, answered in full, and stored. */
  complete: z.boolean(),
  scopesAsked: z.array(z.string()),
  scopesGranted: z.array(z.string()),
  /** Hash over what this sync stored. */
  contentHash: z.string().nullable(),
  questions: z.array(receiptQuestion),
  /** What the portal is known not to give. */
  gaps: z.array(z.string()),
  previous: id.nullable(),
  next: id.nullable(),
  /** When the next sync of this connection begins by itself; null where none does. */
  nextTry: instant.nullable(),
});

// ---- the chart -------------------------------------------------------------------------------

export const timelineGroup = z.object({
  /** The visit that holds the rows together; null for what belongs to none. */
  visit: z
    .object({
      id,
      title: z.string(),
      /** What to know of it, such as that it was sent as something else. */
      note: z.string().nullable(),
      clinician: z.string().nullable(),
    })
    .nullable(),
  source: z.object({ id, name: z.string(), mark: sourceMark }),
  rows: z.array(timelineRow),
});

export const timelineDay = z.object({
  /** `2026-11-17`, `2026-10` (day not recorded), `2026`, or null (date not recorded). */
  day: keptDate,
  groups: z.array(timelineGroup),
});

export const timelineFilter = z.object({
  kinds: z.array(kind).default([]),
  sources: z.array(id).default([]),
  flagged: z.boolean().default(false),
});

/** POST /api/people/:id/timeline {filter}: the whole line as an index, newest first; days are fetched as they are seen. */
export const timelineIndexRequest = z.object({ filter: timelineFilter });
export const timelineIndex = z.object({
  records: count,
  flagged: count,
  /** Each day with its number of rows (visits' heads not counted) and of groups. */
  days: z.array(z.object({ day: keptDate, rows: count, groups: count })),
  kinds: z.array(z.object({ kind, count })),
  sources: z.array(z.object({ id, name: z.string(), mark: sourceMark, count })),
});
/** POST /api/people/:id/timeline/days {days, filter}: at most 60 days at once. */
export const timelineDaysRequest = z.object({
  days: z.array(partialDate.nullable()).min(1).max(60),
  filter: timelineFilter,
});
export const timelineDays = z.object({ days: z.array(timelineDay) });

export const resultRow = z.object({
  /** The analyte's key within this person's chart. */
  key: z.string(),
  name: z.string(),
  /** LOINC or the lab's own code, in words; null when it came as text only. */
  code: z.string().nullable(),
  category: z.enum(['laboratory', 'vital-signs', 'other']),
  latest: z.object({
    recordId: id,
    /** As the lab wrote it: `11.4`, `<0.5`, `128/78`, `positive`. */
    value: z.string(),
    unit: z.string().nullable(),
    flag: flag.nullable(),
    /** Who says so: the lab's own mark, or Chartfold by the lab's range. */
    flagBy: z.enum(['source', 'range']).nullable(),
    range: z.string().nullable(),
    date: keptDate,
    amended: z.boolean(),
    goneAt: instant.nullable(),
    /** What it was before it was amended; null where it was nothing else, or that never came. */
    earlier: earlierValue.nullable(),
  }),
  count,
  sources: z.array(z.object({ id, name: z.string(), mark: sourceMark })),
});
/** GET /api/people/:id/results: panels in order; a row stands in one panel. */
export const results = z.object({
  analytes: count,
  results: count,
  outside: count,
  panels: z.array(z.object({ name: z.string(), rows: z.array(resultRow) })),
  sources: z.array(z.object({ id, name: z.string(), mark: sourceMark })),
});

/** GET /api/people/:id/results/:key: every value of one analyte, newest first (key URL-encoded). */
export const resultHistory = z.object({
  key: z.string(),
  name: z.string(),
  values: z.array(
    resultRow.shape.latest.extend({ source: z.object({ id, name: z.string(), mark: sourceMark }) }),
  ),
});

/** GET /api/people/:id/records/:recordId: what the sheet shows. */
/** A file of a record; its bytes are at `…/records/:recordId/attachments/:n` where it is kept. */
export const attachment = z.object({
  n: count,
  title: z.string().nullable(),
  contentType: z.string().nullable(),
  /** As the record says, until it is kept. */
  bytes: count.nullable(),
  state: z.enum(['waiting', 'kept', 'absent', 'refused', 'failed', 'too-large']),
  /** Of the error catalogue: why it is not here, where something went wrong. */
  code: z.string().nullable(),
  /** When the portal is asked for it again, at the earliest. */
  nextTryAt: instant.nullable(),
});

export const record = z.object({
  id,
  kind,
  /** The FHIR type, for the one who asks. */
  type: z.string(),
  title: z.string(),
  date: keptDate,
  /** `Tuesday, November 17, 2026, 9:20 to 9:45 AM` is made by the web from these. */
  startsAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  source: z.object({ id, name: z.string(), mark: sourceMark, sample: z.boolean() }),
  value: z
    .object({
      value: z.string(),
      unit: z.string().nullable(),
      flag: flag.nullable(),
      range: z.string().nullable(),
      earlier: earlierValue.nullable(),
    })
    .nullable(),
  enteredInError: z.boolean(),
  amended: z.boolean(),
  goneAt: instant.nullable(),
  /** Label and value pairs, in reading order; identifiers masked. */
  facts: z.array(z.object({ label: z.string(), value: z.string(), code: z.string().nullable() })),
  /** Long text: a note's narrative as plain text paragraphs. */
  text: z.array(z.string()),
  /** Records this one holds or belongs to: a panel's results, a visit's contents. */
  related: z.array(z.object({ label: z.string(), rows: z.array(timelineRow) })),
  attachments: z.array(attachment),
  receivedAt: instant,
  versions: count,
  receiptId: id.nullable(),
});
/** GET /api/people/:id/records/:recordId/raw answers text/plain: the exact characters received. */

/** POST /api/connections/:id/confirm: whose record it is; null for a new person. */
export const confirmRequest = z.object({ personId: id.nullable() });

export type Attachment = z.infer<typeof attachment>;
export type Problem = z.infer<typeof problem>;
export type Person = z.infer<typeof person>;
export type Session = z.infer<typeof session>;
export type ConnectRequest = z.infer<typeof connectRequest>;
export type ConnectReply = z.infer<typeof connectReply>;
export type Connection = z.infer<typeof connection>;
export type ConnectionState = z.infer<typeof connectionState>;
export type Progress = z.infer<typeof progress>;
export type QuestionTick = z.infer<typeof questionTick>;
export type StreamEvent = z.infer<typeof streamEvent>;
export type ReceiptSummary = z.infer<typeof receiptSummary>;
export type ReceiptQuestion = z.infer<typeof receiptQuestion>;
export type Receipt = z.infer<typeof receipt>;
export type TimelineGroup = z.infer<typeof timelineGroup>;
export type TimelineDay = z.infer<typeof timelineDay>;
export type TimelineFilter = z.infer<typeof timelineFilter>;
export type TimelineIndex = z.infer<typeof timelineIndex>;
export type TimelineDays = z.infer<typeof timelineDays>;
export type ResultRow = z.infer<typeof resultRow>;
export type Results = z.infer<typeof results>;
export type ResultHistory = z.infer<typeof resultHistory>;
export type RecordSheet = z.infer<typeof record>;

// Owns the audit: who did or read what, when, from where, as lines in a chain that can't be changed, cut or added to
// without its key (law L8). It never says what a record holds, only how much of which kind was seen.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { type Clock, isoTime } from '../platform/clock.ts';
import type { Db, Tables, Transaction } from '../platform/db/db.ts';
import type { ErrorCode } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Level } from './account-tables.ts';
import type { Act, Actor, Door } from './policy.ts';

/** Acts that are told of beside those of the policy. */
export type AuditAct = Act | 'sign-in' | 'sign-in.refused' | 'sign-out';

/** Which of the things was done that an act covers; the words of each stand in http/present/audit.ts. */
export type AuditDeed =
  | 'invite'
  | 'link'
  | 'close'
  | 'name'
  | 'password'
  | 'recovery-codes'
  | 'passkey-add'
  | 'passkey-remove'
  | 'session-end'
  | 'sessions-end'
  | 'right-give'
  | 'right-take';

export type AuditDetail = {
  readonly did?: AuditDeed;
  /** The right that was given or taken back. */
  readonly right?: {
    readonly level: Level;
    readonly kinds: readonly string[] | null;
    readonly until: string | null;
  };
  /** How many records of each kind were seen. */
  readonly kinds?: Readonly<Record<string, number>>;
  /** Ids and words of our own: a connection, a format; of a deed on an account or a right, the account. */
  readonly what?: string;
  /** Why it did not come about. */
  readonly refused?: ErrorCode;
};

export type AuditEvent = {
  readonly door: Door;
  readonly accountId: string | null;
  readonly act: AuditAct;
  readonly personId: string | null;
  readonly origin: string;
  readonly detail: AuditDetail;
};

export type AuditLine = AuditEvent & { readonly seq: number; readonly at: string };

export type AuditFault = {
  /** The line it was found at. */
  readonly seq: number;
  readonly what: 'changed' | 'missing' | 'added' | 'cut-off' | 'other-history';
};

/** A statement of where the chain stood, to be kept elsewhere. */
export type ChainState = { readonly seq: number; readonly mac: string };

export type Audit = {
  /** Writes a line; durable when it resolves. */
  act(event: AuditEvent): Promise<void>;
  /** Notes a read; alike ones are gathered and written within a second. */
  read(event: AuditEvent): void;
  /** Writes what is still gathered. */
  flush(): Promise<void>;
  /** Lines, latest first: of people and accounts where named, before a line where given. */
  lines(query: AuditQuery): Promise<AuditLine[]>;
  /** Goes through the whole chain; with states kept elsewhere, compares it with these. */
  verify(kept?: readonly ChainState[]): Promise<{ lines: number; faults: AuditFault[] }>;
  /** Where the chain stands now. */
  state(): Promise<ChainState>;
};

/** Every line, or those on these people's records, those by this account, and those of deeds on an account. */
export type AuditSight =
  | { readonly all: true }
  | {
      readonly personIds?: readonly string[];
      readonly accountId?: string | null;
      readonly about?: string | null;
    };

export type AuditQuery = AuditSight & {
  /** Only lines before this one. */
  readonly before?: number | null;
  readonly limit: number;
};

const GATHER_MS = 1_000;
const VERIFY_BATCH = 1_000;
const START = '';

/** Who acts, as the audit names them. */
export function auditActor(actor: Actor): Pick<AuditEvent, 'door' | 'accountId'> {
  return { door: actor.door, accountId: actor.account?.id ?? null };
}

export function createAudit(context: {
  db: Db;
  clock: Clock;
  log: Log;
  key: Uint8Array;
}): Audit & { stop(): Promise<void> } {
  const { db, clock, log, key } = context;
  const gathered = new Map<string, AuditEvent>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing = signBeginning(db, key).catch((error: unknown) =>
    log.error('audit.write_failed', error),
  );

  const write = (events: readonly AuditEvent[]) => {
    const at = isoTime(clock.now());
    writing = writing
      .catch(() => undefined)
      .then(() => db.transaction().execute((trx) => append(trx, key, at, events)));
    return writing;
  };

  const flush = async () => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered.size === 0) return writing.catch(() => undefined);
    const events = [...gathered.values()];
    gathered.clear();
    try {
      await write(events);
    } catch (error) {
      // Nothing seen goes untold: it is tried again with what is seen next.
      for (const event of events) gather(gathered, event);
      log.error('audit.write_failed', error);
    }
  };

  return {
    act: (event) => write([event]),
    read(event) {
      gather(gathered, event);
      timer ??= setTimeout(() => void flush(), GATHER_MS);
      timer.unref();
    },
    flush,
    lines: (query) => readLines(db, query),
    verify: async (kept = []) => {
      await flush();
      return verifyChain(db, key, kept);
    },
    async state() {
      await flush();
      const head = await db.selectFrom('audit_head').selectAll().executeTakeFirst();
      return { seq: head?.seq ?? 0, mac: head?.mac ?? START };
    },
    stop: flush,
  };
}

function gather(into: Map<string, AuditEvent>, event: AuditEvent): void {
  const { detail, ...rest } = event;
  const id = JSON.stringify([rest, detail.what ?? null, detail.refused ?? null]);
  const before = into.get(id)?.detail;
  const kinds = { ...before?.kinds };
  for (const [kind, count] of Object.entries(detail.kinds ?? {}))
    kinds[kind] = (kinds[kind] ?? 0) + count;
  into.set(id, {
    ...rest,
    detail: {
      ...detail,
      ...(Object.keys(kinds).length ? { kinds } : {}),
    },
  });
}

async function append(
  trx: Transaction,
  key: Uint8Array,
  at: string,
  events: readonly AuditEvent[],
): Promise<void> {
  let { seq, mac } = await endOf(trx);
  const rows = events.map((event) => {
    seq += 1;
    const row = {
      seq,
      at,
      door: event.door,
      account_id: event.accountId,
      act: event.act,
      person_id: event.personId,
      origin: event.origin,
      detail: JSON.stringify(event.detail),
    };
    mac = macOf(key, mac, row);
    return { ...row, mac };
  });
  if (rows.length === 0) return;
  await trx.insertInto('audit_line').values(rows).execute();
  const next = { id: 1 as const, seq, mac, head_mac: headMac(key, seq, mac) };
  await trx
    .insertInto('audit_head')
    .values(next)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(next))
    .execute();
}

/** Where the next line is to be written. */
async function endOf(trx: Transaction): Promise<ChainState> {
  const head = await trx.selectFrom('audit_head').selectAll().executeTakeFirst();
  if (head) return head;
  // Somebody took it away. What is written is kept all the same, after a gap that shows for good.
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(seq), 0) as last from audit_line`.execute(trx);
  return { seq: Math.max(0, rows[0]?.last ?? 0) + 1, mac: START };
}

/** Signs the end of a chain that was just made. */
async function signBeginning(db: Db, key: Uint8Array): Promise<void> {
  await db
    .updateTable('audit_head')
    .set({ head_mac: headMac(key, 0, START) })
    .where('seq', '=', 0)
    .where('head_mac', '=', '')
    .execute();
}

/**
 * Goes through a chain as far as it reaches at this moment, with states kept elsewhere to compare it with. Lines that
 * are written meanwhile are no matter, so others need not wait for it.
 */
export async function verifyChain(
  db: Db,
  key: Uint8Array,
  kept: readonly ChainState[],
): Promise<{ lines: number; faults: AuditFault[] }> {
  const end = await readEnd(db);
  const faults: AuditFault[] = [];
  const wanted = new Map(kept.map((state) => [state.seq, state.mac]));
  let before: ChainState = { seq: 0, mac: START };
  let lines = 0;
  for (;;) {
    const rows = await db
      .selectFrom('audit_line')
      .selectAll()
      .where('seq', '>', before.seq)
      .where('seq', '<=', end.last)
      .orderBy('seq')
      .limit(VERIFY_BATCH)
      .execute();
    for (const row of rows) {
      lines += 1;
      if (row.seq !== before.seq + 1) faults.push({ seq: before.seq + 1, what: 'missing' });
      // After a gap a line can't be checked against the one before it; the gap is the fault.
      else if (!isSame(row.mac, macOf(key, before.mac, row)))
        faults.push({ seq: row.seq, what: 'changed' });
      const known = wanted.get(row.seq);
      if (known !== undefined && !isSame(known, row.mac))
        faults.push({ seq: row.seq, what: 'other-history' });
      before = row;
    }
    if (rows.length < VERIFY_BATCH) break;
  }
  faults.push(...(await linesBeforeFirst(db)), ...faultsOfHead(end.head, key, before));
  for (const seq of wanted.keys())
    if (seq > before.seq && !faults.some((fault) => fault.what === 'cut-off'))
      faults.push({ seq: before.seq + 1, what: 'cut-off' });
  return { lines, faults };
}

type Head = Selectable<Tables['audit_head']>;

/** The head and the number of the last line, as they are at one moment: one statement, or a line could come between. */
async function readEnd(db: Db): Promise<{ head: Head | null; last: number }> {
  const { rows } = await sql<{ [K in keyof Head]: Head[K] | null } & { last: number | null }>`
    select head.*, line.last
    from (select max(seq) as last from audit_line) as line left join audit_head as head on true`.execute(
    db,
  );
  const [row] = rows;
  return { head: row && row.id !== null ? (row as Head) : null, last: row?.last ?? 0 };
}

/** Numbers begin at 1. */
async function linesBeforeFirst(db: Db): Promise<AuditFault[]> {
  const rows = await db
    .selectFrom('audit_line')
    .select('seq')
    .where('seq', '<', 1)
    .orderBy('seq')
    .limit(VERIFY_BATCH)
    .execute();
  return rows.map(({ seq }) => ({ seq, what: 'added' }));
}

function faultsOfHead(head: Head | null, key: Uint8Array, last: ChainState): AuditFault[] {
  // Every chain has one from its making on, signed when the audit was first opened.
  if (!head || head.head_mac === '') return [{ seq: last.seq + 1, what: 'cut-off' }];
  if (!isSame(head.head_mac, headMac(key, head.seq, head.mac)))
    return [{ seq: head.seq, what: 'changed' }];
  if (last.seq < head.seq) return [{ seq: last.seq + 1, what: 'cut-off' }];
  if (last.seq > head.seq) return [{ seq: head.seq + 1, what: 'added' }];
  return isSame(head.mac, last.mac) ? [] : [{ seq: last.seq, what: 'changed' }];
}

async function readLines(db: Db, query: AuditQuery): Promise<AuditLine[]> {
  const { personIds = [], accountId = null, about = null } = 'all' in query ? {} : query;
  const rows = await db
    .selectFrom('audit_line')
    .selectAll()
    .$if(!('all' in query), (select) =>
      select.where((where) =>
        where.or([
          where('person_id', 'in', [...personIds, '']),
          where('account_id', '=', accountId ?? ''),
          ...(about === null ? [] : [where('detail', 'like', `%"what":${JSON.stringify(about)}%`)]),
        ]),
      ),
    )
    .$if(query.before != null, (select) => select.where('seq', '<', query.before as number))
    .orderBy('seq', 'desc')
    .limit(query.limit)
    .execute();
  return rows.map(readLine);
}

function readLine(row: Selectable<Tables['audit_line']>): AuditLine {
  return {
    seq: row.seq,
    at: row.at,
    door: row.door,
    accountId: row.account_id,
    act: row.act as AuditAct,
    personId: row.person_id,
    origin: row.origin,
    detail: JSON.parse(row.detail) as AuditDetail,
  };
}

function macOf(
  key: Uint8Array,
  before: string,
  row: Omit<Selectable<Tables['audit_line']>, 'mac'>,
): string {
  const fields = [
    before,
    row.seq,
    row.at,
    row.door,
    row.account_id,
    row.act,
    row.person_id,
    row.origin,
    row.detail,
  ];
  return createHmac('sha256', key).update(JSON.stringify(fields)).digest('base64url');
}

function headMac(key: Uint8Array, seq: number, mac: string): string {
  return createHmac('sha256', key)
    .update(JSON.stringify(['head', seq, mac]))
    .digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

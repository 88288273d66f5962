// Owns gathering what changed in a record, since when it is asked, for the pages and the terminal alike.

import type { Sight } from '../../access/policy.ts';
import { chartReach, type Cursor, readChanges, sumChanges } from '../../chart/changes/changes.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { lastRunsOf, type Span, spanOfRuns } from '../../records/changes.ts';
import { readReceipt } from '../../records/runs.ts';
import { newsSince } from '../../records/visits.ts';
import type { App } from '../app.ts';
import type { Changes, ChangesQuery } from '../contract.ts';
import { sourceOf, sourcesById } from './sources.ts';

export type ChangesAsked = ChangesQuery & {
  readonly personId: string;
  readonly sight: Sight;
  /** Whose visits count; null at the terminal, where nobody visits. */
  readonly accountId: string | null;
};

const rowsPerPage = 50;

/**
 * What changed, a page of it.
 * @throws `record.not_found` for a sync that filled another record; `connection.not_found`; `http.invalid_request` for
 *   visits of nobody
 */
export async function presentChanges(
  app: Pick<App, 'db' | 'clock'>,
  asked: ChangesAsked,
): Promise<Changes> {
  const { db } = app;
  const { personId, sight } = asked;
  const { position, isWhole } = await chartReach(db, personId);
  const { since, span } = await spanOf(app, asked, position);
  const page = { after: cursorOf(asked.after), limit: rowsPerPage };
  const sums = await sumChanges(db, span, sight);
  const { rows, next } = await readChanges(db, span, sight, page);
  const sources = await sourcesById(app);
  return {
    since,
    isWhole,
    sum: sums.sum,
    kinds: [...sums.kinds],
    first: sums.first.map((one) => ({ ...one, source: sourceOf(sources, one.source) })),
    background: sums.background,
    rows: rows.map((row) => ({
      ...row,
      source: sourceOf(sources, row.source),
      differences: [...row.differences],
    })),
    next: next && `${next.rank}-${next.seq}`,
  };
}

async function spanOf(
  { db, clock }: Pick<App, 'db' | 'clock'>,
  { personId, accountId, since, connection, receipt }: ChangesAsked,
  upTo: number,
): Promise<{ since: Changes['since']; span: Span }> {
  const person = personId;
  if (receipt !== undefined) {
    const found = await readReceipt(db, receipt);
    if (found?.run.person !== person) throw new ChartfoldError('record.not_found');
    const span = await spanOfRuns(db, { person, runs: [receipt], upTo });
    return { since: { by: 'receipt', at: found.run.endedAt }, span };
  }
  if (since === 'sync' || connection !== undefined) {
    const runs = (await lastRunsOf(db, person)).filter(
      ({ source }) => connection === undefined || source === connection,
    );
    if (connection !== undefined && runs.length === 0)
      throw new ChartfoldError('connection.not_found');
    const span = await spanOfRuns(db, { person, runs: runs.map(({ id }) => id), upTo });
    const at =
      runs
        .map(({ endedAt }) => endedAt)
        .sort()
        .at(-1) ?? null;
    return { since: { by: 'sync', at }, span };
  }
  if (accountId === null)
    throw new ChartfoldError('http.invalid_request', { detail: 'since: whose visit, by --as' });
  const news = await newsSince(db, { account: accountId, person, now: clock.now() });
  return {
    since: { by: 'visit', at: news?.at ?? null },
    span: { person, after: news?.position ?? upTo, upTo },
  };
}

function cursorOf(after: string | undefined): Cursor | null {
  const [rank, seq] = after?.split('-').map(Number) ?? [];
  return rank === undefined || seq === undefined ? null : { rank, seq };
}

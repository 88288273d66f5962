// Owns joining rows that came in any order: a row to its visit, a result to its panel, a panel's own line from
// what it holds. Only what a batch touches is looked at, however large the rest of the chart is.

import { sql } from 'kysely';
import { among } from '../platform/db/bulk.ts';
import type { Transaction } from '../platform/db/db.ts';
import { ownTurn } from '../platform/own-turn.ts';
import type { Flag } from './describe/described.ts';

/** A resource that a batch writes, with what it says it holds as `Observation/id`. */
export type Written = {
  readonly resourceId: string;
  readonly sourceId: string;
  readonly type: string;
  readonly fhirId: string;
  readonly members: readonly string[];
};

/** Rows to be joined anew, and panels whose line may be another. */
type Touched = { readonly rows: Set<string>; readonly panels: Set<string> };

/** Stays below what a dialect can bind to one statement. */
const IDS_PER_STATEMENT = 500;

/**
 * Writes a batch and joins what it touches: its own rows; those of a visit or a panel in it, as they were before
 * and as they are now; the panels that lose or gain a part.
 * @param write writes the batch; of its resources those given have rows already
 */
export async function writeAndJoin(
  trx: Transaction,
  personId: string,
  batch: readonly Written[],
  write: (known: readonly string[]) => Promise<void>,
): Promise<void> {
  const touched: Touched = { rows: new Set(), panels: new Set() };
  for (const { resourceId, members } of batch) {
    touched.rows.add(resourceId);
    if (members.length > 0) touched.panels.add(resourceId);
  }
  await write(await touchParts(trx, personId, batch, touched));
  await touchOfVisits(trx, personId, batch, touched);
  await inSlices([...touched.rows], async (some) => {
    for (const panel of await join(trx, personId, some)) touched.panels.add(panel);
  });
  await inSlices([...touched.panels], (some) => writePanels(trx, personId, some));
}

/**
 * Before it is written: where its rows stood, what its panels held, and what they are going to hold.
 * @returns which of the batch's resources have rows
 */
async function touchParts(
  trx: Transaction,
  personId: string,
  batch: readonly Written[],
  touched: Touched,
): Promise<string[]> {
  const parts = trx
    .selectFrom('chart_row')
    .select(['resource_id', 'panel_id'])
    .where('person_id', '=', personId);
  const note = (rows: { resource_id: string; panel_id: string | null }[]) => {
    for (const { resource_id, panel_id } of rows) {
      touched.rows.add(resource_id);
      if (panel_id !== null) touched.panels.add(panel_id);
    }
  };
  const known: string[] = [];
  await inSlices(
    batch.map(({ resourceId }) => resourceId),
    async (some) => {
      const rows = await parts.where('resource_id', 'in', among(some)).execute();
      note(rows);
      known.push(...rows.map((row) => row.resource_id));
    },
  );
  await inSlices(known, async (some) =>
    note(await parts.where('panel_id', 'in', among(some)).execute()),
  );
  for (const [source, written] of Map.groupBy(batch, ({ sourceId }) => sourceId)) {
    const held = written.flatMap(({ members }) => members.map((ref) => ref.split('/')[1] ?? ''));
    const named = parts.where('source_id', '=', source).where('type', '=', 'Observation');
    await inSlices([...new Set(held)], async (some) =>
      note(await named.where('fhir_id', 'in', among(some)).execute()),
    );
  }
  return known;
}

/** What says that it belongs to a visit of the batch, which may be of another day now. */
async function touchOfVisits(
  trx: Transaction,
  personId: string,
  batch: readonly Written[],
  touched: Touched,
): Promise<void> {
  const visits = batch.filter(({ type }) => type === 'Encounter');
  for (const [source, written] of Map.groupBy(visits, ({ sourceId }) => sourceId)) {
    const refs = written.map(({ fhirId }) => `Encounter/${fhirId}`);
    await inSlices(refs, async (some) => {
      const rows = await trx
        .selectFrom('chart_row')
        .select('resource_id')
        .where('person_id', '=', personId)
        .where('source_id', '=', source)
        .where('visit_ref', 'in', among(some))
        .execute();
      for (const { resource_id } of rows) touched.rows.add(resource_id);
    });
  }
}

/**
 * Each row to its visit of the same day, else its source; each result to the first panel that names it. Rows that can
 * have neither stand as they were written, and of the others those alone are written that stood elsewhere.
 * @returns the panels that have another part
 */
async function join(
  trx: Transaction,
  personId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ panel_id: string | null }>`
    update chart_row set group_key = place.group_key, panel_id = place.panel_id
    from (select resource_id,
      case when kind = 'visit' then resource_id else coalesce((
        select visit.resource_id from chart_row as visit
        where visit.person_id = one.person_id and visit.source_id = one.source_id
          and visit.type = 'Encounter' and visit.fhir_id = substr(one.visit_ref, 11)
          and one.visit_ref like 'Encounter/%' and visit.day = one.day), source_id) end as group_key,
      case when type = 'Observation' then (
        select member.panel_id from chart_member as member
        join chart_row as panel
          on panel.person_id = member.person_id and panel.resource_id = member.panel_id
        where member.person_id = one.person_id and member.source_id = one.source_id
          and member.member_ref = 'Observation/' || one.fhir_id
        order by panel.fhir_id limit 1) end as panel_id
      from chart_row as one
      where person_id = ${personId} and resource_id in ${among(ids)}
        and (type = 'Observation' or visit_ref is not null)) as place
    where chart_row.person_id = ${personId} and chart_row.resource_id = place.resource_id
      and (chart_row.group_key is distinct from place.group_key
        or chart_row.panel_id is distinct from place.panel_id)
    returning chart_row.panel_id`.execute(trx);
  return new Set(rows.flatMap(({ panel_id }) => panel_id ?? []));
}

type Line = { value: string | null; unit: string | null; flag: Flag | null };
type Part = Line & { readonly title: string; readonly range: string | null };

/** Writes the lines of some panels, where they are others than before. */
async function writePanels(
  trx: Transaction,
  personId: string,
  ids: readonly string[],
): Promise<void> {
  const panels = await trx
    .selectFrom('chart_row')
    .select(['resource_id', 'value', 'unit', 'flag'])
    .where('person_id', '=', personId)
    .where('resource_id', 'in', among(ids))
    .execute();
  const parts = await trx
    .selectFrom('chart_row as part')
    .leftJoin('chart_result as result', (join) =>
      join
        .onRef('result.person_id', '=', 'part.person_id')
        .onRef('result.resource_id', '=', 'part.resource_id'),
    )
    .select(['part.panel_id', 'part.title', 'part.value', 'part.unit', 'part.flag', 'result.range'])
    .where('part.person_id', '=', personId)
    .where('part.panel_id', 'in', among(ids))
    .where('part.entered_in_error', '=', 0)
    .orderBy('part.fhir_id')
    .execute();
  const byPanel = Map.groupBy(parts, (part) => part.panel_id);
  for (const panel of panels) {
    const line = lineOf(byPanel.get(panel.resource_id) ?? []);
    if (line.value === panel.value && line.unit === panel.unit && line.flag === panel.flag)
      continue;
    await trx
      .updateTable('chart_row')
      .set(line)
      .where('person_id', '=', personId)
      .where('resource_id', '=', panel.resource_id)
      .execute();
  }
}

/**
 * A panel shows its first result out of range, or that all are in range, or nothing: where none can be judged, or
 * all of them have gone or were entered in error.
 */
function lineOf(held: readonly Part[]): Line {
  const flagged = held.find((part) => part.flag !== null);
  if (flagged)
    return {
      value: `${flagged.title} ${flagged.value ?? ''}`.trim(),
      unit: flagged.unit,
      flag: flagged.flag,
    };
  const only = held.length === 1 ? held[0] : undefined;
  if (only) return { value: only.value, unit: only.unit, flag: null };
  const isJudged = held.length > 0 && held.every((part) => part.range !== null);
  return { value: isJudged ? 'all in range' : null, unit: null, flag: null };
}

/** Some at a time; between two the transaction waits, so that the main loop does not. */
async function inSlices<T>(
  list: readonly T[],
  work: (some: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < list.length; at += IDS_PER_STATEMENT) {
    if (at > 0) await ownTurn();
    await work(list.slice(at, at + IDS_PER_STATEMENT));
  }
}

// Owns joining rows that came in any order: a row to its visit, a result to its panel, a panel's own line from
// what it holds.

import { sql } from 'kysely';
import type { Transaction } from '../platform/db/db.ts';
import type { Flag } from './describe/described.ts';

/** Joins what is not joined yet for a person, and writes the panels' lines anew. */
export async function resolveLinks(trx: Transaction, personId: string): Promise<void> {
  await sql`
    update chart_row set group_key = (
      select visit.resource_id from chart_row as visit
      where visit.person_id = chart_row.person_id and visit.source_id = chart_row.source_id
        and visit.type = 'Encounter' and visit.fhir_id = substr(chart_row.visit_ref, 11)
        and visit.day = chart_row.day)
    where person_id = ${personId} and visit_ref like 'Encounter/%' and group_key = source_id
      and exists (
        select 1 from chart_row as visit
        where visit.person_id = chart_row.person_id and visit.source_id = chart_row.source_id
          and visit.type = 'Encounter' and visit.fhir_id = substr(chart_row.visit_ref, 11)
          and visit.day = chart_row.day)`.execute(trx);
  await sql`
    update chart_row set panel_id = (
      select member.panel_id from chart_member as member
      join chart_row as panel
        on panel.person_id = member.person_id and panel.resource_id = member.panel_id
      where member.person_id = chart_row.person_id and member.source_id = chart_row.source_id
        and member.member_ref = 'Observation/' || chart_row.fhir_id
      order by panel.fhir_id limit 1)
    where person_id = ${personId} and type = 'Observation' and panel_id is null
      and exists (
        select 1 from chart_member as member
        where member.person_id = chart_row.person_id and member.source_id = chart_row.source_id
          and member.member_ref = 'Observation/' || chart_row.fhir_id)`.execute(trx);
  await emptyPanels(trx, personId);
  await writePanels(trx, personId);
}

type Line = { value: string | null; unit: string | null; flag: Flag | null };

/** A panel of which all parts have gone, or were entered in error, says nothing any more. */
async function emptyPanels(trx: Transaction, personId: string): Promise<void> {
  await sql`
    update chart_row set value = null, unit = null, flag = null
    where person_id = ${personId} and kind = 'panel' and (value is not null or flag is not null)
      and not exists (
        select 1 from chart_row as part
        where part.person_id = chart_row.person_id and part.panel_id = chart_row.resource_id
          and part.entered_in_error = 0)`.execute(trx);
}

/** A panel shows its first result out of range, or that all are in range, or nothing where none can be judged. */
async function writePanels(trx: Transaction, personId: string): Promise<void> {
  const parts = await trx
    .selectFrom('chart_row as part')
    .innerJoin('chart_row as panel', (join) =>
      join
        .onRef('panel.person_id', '=', 'part.person_id')
        .onRef('panel.resource_id', '=', 'part.panel_id'),
    )
    .leftJoin('chart_result as result', (join) =>
      join
        .onRef('result.person_id', '=', 'part.person_id')
        .onRef('result.resource_id', '=', 'part.resource_id'),
    )
    .select([
      'part.panel_id',
      'part.title',
      'part.value',
      'part.unit',
      'part.flag',
      'result.range',
      'panel.value as wasValue',
      'panel.unit as wasUnit',
      'panel.flag as wasFlag',
    ])
    .where('part.person_id', '=', personId)
    .where('part.entered_in_error', '=', 0)
    .orderBy('part.panel_id')
    .orderBy('part.fhir_id')
    .execute();
  const byPanel = Map.groupBy(parts, (part) => part.panel_id);
  for (const [panelId, held] of byPanel) {
    const first = held[0];
    if (!panelId || !first) continue;
    const line = lineOf(held);
    if (line.value === first.wasValue && line.unit === first.wasUnit && line.flag === first.wasFlag)
      continue;
    await trx
      .updateTable('chart_row')
      .set(line)
      .where('person_id', '=', personId)
      .where('resource_id', '=', panelId)
      .execute();
  }
}

function lineOf(
  held: readonly {
    title: string;
    value: string | null;
    unit: string | null;
    flag: Flag | null;
    range: string | null;
  }[],
): Line {
  const flagged = held.find((part) => part.flag !== null);
  if (flagged)
    return {
      value: `${flagged.title} ${flagged.value ?? ''}`.trim(),
      unit: flagged.unit,
      flag: flagged.flag,
    };
  const only = held.length === 1 ? held[0] : undefined;
  if (only) return { value: only.value, unit: only.unit, flag: null };
  return {
    value: held.every((part) => part.range !== null) ? 'all in range' : null,
    unit: null,
    flag: null,
  };
}

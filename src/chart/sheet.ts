// Owns reading one record for the sheet: described from its own text, with what it holds and belongs to.

import type { Sight } from '../access/policy.ts';
import type { Db } from '../platform/db/db.ts';
import { ChartfoldError } from '../platform/errors.ts';
import { rawOf, readResource, versionsOf } from '../records/read.ts';
import { attachmentsOfRecord } from './attachment.ts';
import { earlierValues } from './changes/earlier.ts';
import { describe } from './describe/describe.ts';
import { dayOf, type Described, type Fact, type Kind } from './describe/described.ts';
import { isSeen } from './sight.ts';
import { type LineRow, lineRow, placeOf } from './timeline/timeline.ts';

/** @throws `record.not_found` where the person does not read it, or it has no place in the chart */
export async function readSheet(db: Db, personId: string, resourceId: string, sight: Sight) {
  const resource = await readResource(db, resourceId, personId);
  const raw = await rawOf(db, resource.currentSeq);
  const described = describe(resource.type, raw);
  if (!described || !isSeen(sight, described.kind)) throw new ChartfoldError('record.not_found');
  const latest = (await versionsOf(db, resourceId)).at(-1);
  const value = valueOf(described);
  const earlier = value && (await earlierValues(db, new Map([[resourceId, value]]), sight));
  return {
    id: resource.id,
    type: resource.type,
    kind: described.kind,
    title: described.title,
    date: dayOf(described.at),
    startsAt: described.at,
    endsAt: described.endsAt ?? null,
    source: resource.source,
    value: value && { ...value, earlier: earlier?.get(resourceId) ?? null },
    enteredInError: described.enteredInError ?? false,
    amended: described.amended ?? false,
    goneAt: resource.goneAt,
    facts: described.facts.filter((fact): fact is Fact => fact !== null),
    text: [...(described.text ?? [])],
    related: (await relatedOf(db, personId, resourceId, described))
      .map(({ label, rows }) => ({ label, rows: rows.filter((row) => isSeen(sight, row.kind)) }))
      .filter(({ rows }) => rows.length > 0),
    attachments: await attachmentsOfRecord(db, resource, raw),
    receivedAt: latest?.receivedAt ?? resource.changedAt,
    versions: resource.versionCount,
    runId: latest?.run ?? null,
  };
}

/**
 * The exact characters of a record that may be seen. What has no place in the chart is seen with a right on all kinds.
 * @throws `record.not_found`
 */
export async function readRawText(
  db: Db,
  personId: string,
  resourceId: string,
  sight: Sight,
): Promise<{ text: string; kind: Kind }> {
  const resource = await readResource(db, resourceId, personId);
  const text = await rawOf(db, resource.currentSeq);
  const kind = describe(resource.type, text)?.kind;
  if (sight !== 'all' && (kind === undefined || !isSeen(sight, kind)))
    throw new ChartfoldError('record.not_found');
  return { text, kind: kind ?? 'other' };
}

function valueOf(d: Described) {
  if (d.measured)
    return {
      value: d.measured.value,
      unit: d.measured.unit,
      flag: d.measured.flag,
      range: d.measured.range,
    };
  const isMeasurement = d.kind === 'result' || d.kind === 'vital';
  return isMeasurement && d.value
    ? { value: d.value, unit: d.unit ?? null, flag: d.flag ?? null, range: null }
    : null;
}

async function relatedOf(
  db: Db,
  personId: string,
  resourceId: string,
  d: Described,
): Promise<{ label: string; rows: LineRow[] }[]> {
  const rows = (key: 'panel_id' | 'group_key') =>
    db
      .selectFrom('chart_row')
      .selectAll()
      .where('person_id', '=', personId)
      .where(key, '=', resourceId)
      .orderBy('kind')
      .orderBy('title')
      .execute();
  if (d.kind === 'panel') {
    // As the laboratory wrote them: what has no name is told apart by its place alone.
    const places = new Map((d.members ?? []).map((member, place) => [member, place]));
    const place = (row: { fhir_id: string }) => places.get(`Observation/${row.fhir_id}`) ?? 0;
    const held = await rows('panel_id');
    return labelled(
      'Results',
      held.toSorted((a, b) => place(a) - place(b)),
    );
  }
  if (d.kind === 'visit') {
    const held = (await rows('group_key')).filter(
      (row) => row.resource_id !== resourceId && row.panel_id === null,
    );
    return labelled('In this visit', held);
  }
  const own = await db
    .selectFrom('chart_row')
    .select(['panel_id', 'group_key'])
    .where('person_id', '=', personId)
    .where('resource_id', '=', resourceId)
    .executeTakeFirst();
  const above = [own?.panel_id, own?.group_key].filter((id) => id !== null && id !== undefined);
  if (above.length === 0) return [];
  const found = await db
    .selectFrom('chart_row')
    .selectAll()
    .where('person_id', '=', personId)
    .where('resource_id', 'in', above)
    .execute();
  return labelled('Part of', found);
}

function labelled(
  label: string,
  rows: Parameters<typeof lineRow>[0][],
): { label: string; rows: LineRow[] }[] {
  const inOrder = rows.toSorted((a, b) => placeOf(a) - placeOf(b));
  return rows.length ? [{ label, rows: inOrder.map(lineRow) }] : [];
}

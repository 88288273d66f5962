// Owns making of versions the rows they become in the chart: pure, and done in a thread of its own.

import type { Insertable } from 'kysely';
import { sha256 } from '../platform/ids.ts';
import { offThread, serveTasks } from '../platform/off-thread.ts';
import { type Pack, type Texts, textsIn } from '../records/texts.ts';
import type { VersionRow } from '../records/types.ts';
import { describe } from './describe/describe.ts';
import { type Described, dayOf, instantOf } from './describe/described.ts';
import type { Written } from './resolve.ts';
import type { ChartMemberTable, ChartResultTable, ChartRowTable } from './tables.ts';

/** What one version becomes. */
export type Draft = {
  /** Of the version, in the feed. */
  readonly position: number;
  readonly written: Written;
  /** Null: it has no place in the chart. */
  readonly row: Insertable<ChartRowTable> | null;
  readonly result: Insertable<ChartResultTable> | null;
  readonly members: Insertable<ChartMemberTable>[];
};

/** Of a version what its draft is made of: no more goes to the thread. */
type Version = Pick<
  VersionRow,
  'position' | 'seq' | 'resource' | 'source' | 'type' | 'fhirId' | 'goneAt'
>;
type Batch = {
  readonly personId: string;
  readonly versions: readonly Version[];
  readonly packs: readonly Pack[];
};

const tasks = {
  draft: ({ personId, versions, packs }: Batch) => {
    const texts = textsIn(packs);
    return {
      value: versions.map((version) => draftOf(personId, version, textOf(version, texts))),
    };
  },
};
const thread = offThread<typeof tasks>(import.meta.url, { isNeeded: true });
serveTasks(import.meta.url, tasks);

/** The drafts of some versions of a person's records, in their order; of several versions of one resource, the last. */
export async function draftsOf(
  personId: string,
  versions: readonly VersionRow[],
  packs: readonly Pack[],
): Promise<Draft[]> {
  const latest = new Map<string, Version>();
  for (const { position, seq, resource, source, type, fhirId, goneAt } of versions) {
    // So that it stands where its last version does.
    latest.delete(resource);
    latest.set(resource, { position, seq, resource, source, type, fhirId, goneAt });
  }
  return thread.run('draft', { personId, versions: [...latest.values()], packs });
}

function textOf({ seq }: Version, texts: Texts): string {
  const text = texts.get(seq);
  if (text === undefined) throw new Error(`Version ${seq} has no text`);
  return text;
}

function draftOf(personId: string, version: Version, text: string): Draft {
  const described = describe(version.type, text);
  const members = described?.members ?? [];
  return {
    position: version.position,
    written: {
      resourceId: version.resource,
      sourceId: version.source,
      type: version.type,
      fhirId: version.fhirId,
      members,
    },
    row: described ? rowOf(personId, version, described) : null,
    result: described ? resultOf(personId, version, described) : null,
    members: members.map((ref) => ({
      person_id: personId,
      source_id: version.source,
      panel_id: version.resource,
      member_ref: ref,
    })),
  };
}

function rowOf(personId: string, version: Version, d: Described): Insertable<ChartRowTable> {
  return {
    person_id: personId,
    resource_id: version.resource,
    source_id: version.source,
    type: version.type,
    fhir_id: version.fhirId,
    kind: d.kind,
    day: dayOf(d.at),
    at: d.at,
    instant: instantOf(d.at),
    title: d.title,
    note: d.note ?? null,
    value: d.value ?? null,
    unit: d.unit ?? null,
    flag: d.flag ?? null,
    clinician: d.clinician ?? null,
    entered_in_error: d.enteredInError ? 1 : 0,
    amended: d.amended ? 1 : 0,
    gone_at: version.goneAt,
    visit_ref: d.visit ?? null,
    group_key: d.kind === 'visit' ? version.resource : version.source,
    panel_id: null,
  };
}

function resultOf(
  personId: string,
  version: Version,
  d: Described,
): Insertable<ChartResultTable> | null {
  const m = d.measured;
  // Without a name it is of no course.
  if (!m || m.analyte === null) return null;
  return {
    person_id: personId,
    resource_id: version.resource,
    analyte: nameOfAnalyte(personId, m.analyte),
    name: m.name,
    code: m.code,
    category: m.category,
    value: m.value,
    unit: m.unit,
    flag: m.flag,
    flag_by: m.flagBy,
    range: m.range,
  };
}

/** Goes into addresses, so it says nothing of what was measured; the person's id makes it theirs alone. */
function nameOfAnalyte(personId: string, analyte: string): string {
  const key = `${personId} ${analyte}`;
  const known = analyteNames.get(key);
  if (known !== undefined) return known;
  const name = sha256(key).slice(0, 22);
  if (analyteNames.size >= ANALYTES_KEPT) analyteNames.clear();
  analyteNames.set(key, name);
  return name;
}

/** A person has some hundred of them, each in thousands of results. */
const analyteNames = new Map<string, string>();
const ANALYTES_KEPT = 2_000;

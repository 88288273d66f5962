// Owns the clinic directory as others use it: how its lists stand, fetching them, and looking for a clinic over all
// vendors at once. Lists of simulated portals are read without asking; of the vendors', only when told to.

import type { ErrorCode } from '../../platform/errors.ts';
import type { DirectoryClinic } from '../../portals/portal.ts';
import { isPerClinic, type PortalEntry } from '../../portals/registry.ts';
import {
  allLists,
  type ClinicList,
  clinicNumbered,
  clinicOfRow,
  type ClinicRow,
  clinicsOfList,
  rowsNumbered,
} from './lists.ts';
import { importList, type Reading } from './read-list.ts';
import { createSearchIndex, isAmong } from './search-index.ts';
import { createUpdates, type Updates, type UpdatesContext } from './updates.ts';
import './tables.ts';

/** A clinic, and the portal that it is connected through; null where that is not switched on here. */
export type ClinicFound = {
  readonly clinic: DirectoryClinic;
  readonly vendor: string;
  readonly entry: PortalEntry | null;
};

/** A list as it stands. */
export type ListState = {
  /** Address or `file:` and a name. */
  readonly source: string;
  readonly vendor: string;
  /** The first that its clinics may be connected through; null where none is switched on here. */
  readonly entry: PortalEntry | null;
  /** Null before it was read. */
  readonly readAt: string | null;
  readonly checkedAt: string | null;
  readonly clinics: number;
  readonly unreadable: number;
  /** Of its text: the last one's, else about. Null where nobody knows. */
  readonly bytes: number | null;
  /** Why the last reading failed. */
  readonly trouble: ErrorCode | null;
  /** Bytes that have come, while it is being read. */
  readonly reading: number | null;
};

export type Directory = {
  states(): Promise<ListState[]>;
  /** Clinics that can be connected here, the likeliest first; with `everywhere` also of portals that are off. */
  search(
    typed: string,
    limit: number,
    everywhere?: boolean,
  ): Promise<{ found: ClinicFound[]; total: number; isMore: boolean }>;
  /** All clinics that can be connected here, where they are few; else none. */
  few(): Promise<ClinicFound[]>;
  /** A clinic of a portal by the vendor's id. */
  find(entry: PortalEntry, clinicId: string): Promise<DirectoryClinic | undefined>;
  /** The portals whose lists are fetched when told to. */
  offered(): readonly PortalEntry[];
  /** Fetches a portal's list; the same call again joins the one under way. @throws as `fetchList` */
  update(entry: PortalEntry, signal?: AbortSignal): Promise<Reading>;
  /** @throws as `importList` */
  importFile(file: string, vendor: string | null): Promise<Reading & { readonly vendor: string }>;
  close(): Promise<void>;
};

/** So many clinics are shown before anything is typed. */
const FEW = 60;

export function createDirectory(context: UpdatesContext): Directory {
  const { db, tell } = context;
  const updates = createUpdates(context);
  const index = createSearchIndex(db);
  const { entriesOf } = updates;
  let importing: Promise<unknown> = Promise.resolve();

  /** The lists that have clinics: without `everywhere` only of portals that can be connected. */
  async function listsRead(everywhere: boolean): Promise<ClinicList[]> {
    await updates.readSimulated();
    const all = await allLists(db);
    return all.filter(
      (list) => list.edition !== null && (everywhere || entriesOf(list).length > 0),
    );
  }

  return {
    offered: updates.offered,
    update: updates.update,
    async states() {
      await updates.readSimulated();
      return statesOf(await allLists(db), updates);
    },
    async search(typed, limit, everywhere = false) {
      const lists = await listsRead(everywhere);
      const searched = lists.map((list) => ({
        ...list,
        at: everywhere ? null : basesOf(entriesOf(list)),
      }));
      const { rows, total, isMore } = await index.search(searched, typed, limit);
      const found = foundIn(lists, await rowsNumbered(db, rows), entriesOf);
      const once = withoutRepeats(found);
      return { found: once, total: total - (found.length - once.length), isMore };
    },
    async few() {
      const lists = await listsRead(false);
      if (lists.reduce((sum, { clinics }) => sum + clinics, 0) > FEW) return [];
      const found: ClinicFound[] = [];
      for (const list of lists)
        for await (const rows of clinicsOfList(db, list))
          found.push(...foundIn(lists, rows, entriesOf));
      return found.filter(({ entry }) => entry !== null);
    },
    async find(entry, clinicId) {
      const lists = (await listsRead(false)).filter((list) =>
        entriesOf(list).some(({ key }) => key === entry.key),
      );
      const row = await clinicNumbered(db, lists, clinicId);
      return row && isAmong(row, basesOf([entry])) ? clinicOfRow(row) : undefined;
    },
    importFile(file, vendor) {
      // One after the other: of two files of one name the later one counts.
      const reading = importing.then(() => importList(context, file, vendor)).finally(tell);
      importing = reading.catch(() => undefined);
      return reading;
    },
    async close() {
      await Promise.all([updates.settled(), importing]);
      await index.close();
    },
  };
}

function foundIn(
  lists: readonly ClinicList[],
  rows: readonly ClinicRow[],
  entriesOf: Updates['entriesOf'],
): ClinicFound[] {
  const byId = new Map(lists.map((list) => [list.id, list]));
  return rows.flatMap((row) => {
    const list = byId.get(row.list_id);
    if (!list) return [];
    const entry = entriesOf(list).find((one) => isAmong(row, basesOf([one]))) ?? null;
    return [{ clinic: clinicOfRow(row), vendor: list.vendor, entry }];
  });
}

/**
 * The FHIR bases that portals reach of those in a list: their own. Null where each clinic's is theirs, by its id. A list of
 * servers that are added one by one names many, of which nobody is signed in at any but those that were added.
 */
function basesOf(entries: readonly PortalEntry[]): readonly string[] | null {
  return entries.some(isPerClinic) ? null : entries.map(({ fhirBaseUrl }) => fhirBaseUrl);
}

/** The lists of portals that are on, read or not, and those that were imported. */
function statesOf(
  lists: readonly ClinicList[],
  { offered, entriesOf, received }: Updates,
): ListState[] {
  const missing = offered().filter(
    ({ directoryUrl }) => !lists.some(({ source }) => source === directoryUrl),
  );
  return [
    ...lists.map((list) => stateOf(list, entriesOf(list)[0] ?? null, received(list.source))),
    ...missing.map((entry) => stateOfMissing(entry, received(entry.directoryUrl ?? ''))),
  ].filter(({ entry, source }) => entry !== null || source.startsWith('file:'));
}

/** A clinic may be on two lists of a vendor: its own, and one that was imported. */
function withoutRepeats(found: readonly ClinicFound[]): ClinicFound[] {
  const seen = new Set<string>();
  return found.filter(({ clinic, vendor, entry }) => {
    const key = [vendor, entry?.key, clinic.id || clinic.name, clinic.fhirBaseUrl].join('\n');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function stateOf(list: ClinicList, entry: PortalEntry | null, reading: number | null): ListState {
  const { source, vendor, clinics, unreadable, bytes } = list;
  return {
    source,
    vendor,
    entry,
    readAt: list.read_at,
    checkedAt: list.checked_at,
    clinics,
    unreadable,
    bytes: bytes || (entry ? aboutBytes(entry) : null),
    trouble: list.trouble === null ? null : (list.trouble as ErrorCode),
    reading,
  };
}

function stateOfMissing(entry: PortalEntry, reading: number | null): ListState {
  return {
    source: entry.directoryUrl ?? '',
    vendor: entry.vendor.portal.id,
    entry,
    readAt: null,
    checkedAt: null,
    clinics: 0,
    unreadable: 0,
    bytes: aboutBytes(entry),
    trouble: null,
    reading,
  };
}

function aboutBytes({ vendor, environment }: PortalEntry): number | null {
  const megabytes = vendor.portal.environments[environment]?.directoryMegabytes;
  return megabytes === undefined ? null : megabytes * 1_000_000;
}

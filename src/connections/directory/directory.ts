// Owns the clinic directory as others use it: how its lists stand, fetching them, and looking for a clinic over all
// vendors at once. Lists of simulated portals are read without asking; of the vendors', only when told to.

import type { ErrorCode } from '../../platform/errors.ts';
import { newTurns } from '../../platform/own-turn.ts';
import { openVendor } from '../../portals/index.ts';
import type { DirectoryClinic } from '../../portals/portal.ts';
import type { PortalEntry } from '../../portals/registry.ts';
import {
  allLists,
  type ClinicList,
  clinicNumbered,
  clinicOfRow,
  type ClinicRow,
  clinicsOfList,
  dropList,
  rowsNumbered,
} from './lists.ts';
import { importList, type Reading } from './read-list.ts';
import { createSearchIndex } from './search-index.ts';
import { createUpdates, sourceOf, type Updates, type UpdatesContext } from './updates.ts';
import './tables.ts';

/**
 * A clinic, and the portal that it is connected through; null where that is not switched on here, and for a clinic of a
 * server that nobody has added yet: then it has an address of its own.
 */
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
  /** When it was last known to be the newest. */
  readonly checkedAt: string | null;
  /** When that was last tried. */
  readonly triedAt: string | null;
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
  /**
   * Clinics that can be connected here, at once or once their server is added, the likeliest first; with `everywhere`
   * also of portals that are off.
   */
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
  /** Those of them whose lists somebody has had fetched, with when that was last tried and whether it failed. */
  fetched(): Promise<{ entry: PortalEntry; triedAt: string | null; failed: boolean }[]>;
  /** Fetches a portal's list; the same call again joins the one under way. @throws as `fetchList` */
  update(entry: PortalEntry, signal?: AbortSignal): Promise<Reading>;
  /** Drops the list of a portal that was taken off, unless another portal has it too. */
  drop(entry: PortalEntry): Promise<void>;
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
  // Of two files of one name the later one counts.
  const imports = newTurns<'file'>();

  /** The lists that have clinics: without `everywhere` only of portals that can be connected. */
  async function listsRead(everywhere: boolean): Promise<ClinicList[]> {
    await updates.readSimulated();
    const all = await allLists(db);
    return all.filter(
      (list) =>
        list.edition !== null && (everywhere || isOfAnyServer(list) || updates.entryOf(list)),
    );
  }

  return {
    offered: updates.offered,
    update: updates.update,
    async fetched() {
      const all = await allLists(db);
      return updates.offered().flatMap((entry) => {
        const list = all.find(({ source }) => source === sourceOf(entry));
        return list ? [{ entry, triedAt: list.tried_at, failed: list.trouble !== null }] : [];
      });
    },
    async states() {
      await updates.readSimulated();
      return statesOf(await allLists(db), updates);
    },
    async search(typed, limit, everywhere = false) {
      const lists = await listsRead(everywhere);
      const { rows, total, isMore } = await index.search(lists, typed, limit);
      const found = foundIn(lists, await rowsNumbered(db, rows), updates);
      const once = withoutRepeats(found);
      return { found: once, total: total - (found.length - once.length), isMore };
    },
    async few() {
      const lists = await listsRead(false);
      if (lists.reduce((sum, { clinics }) => sum + clinics, 0) > FEW) return [];
      const found: ClinicFound[] = [];
      for (const list of lists)
        for await (const rows of clinicsOfList(db, list))
          found.push(...foundIn(lists, rows, updates));
      return found;
    },
    async find(entry, clinicId) {
      const lists = (await listsRead(false)).filter(
        (list) => updates.entryOf(list)?.key === entry.key,
      );
      const row = await clinicNumbered(db, lists, clinicId);
      return row && clinicOfRow(row);
    },
    drop: (entry) => dropUnshared(context, updates, sourceOf(entry)),
    importFile: (file, vendor) =>
      imports.take('file', () => importList(context, file, vendor)).finally(tell),
    async close() {
      await Promise.all([updates.settled(), imports.take('file', async () => undefined)]);
      await index.close();
    },
  };
}

async function dropUnshared(
  { db, registry, tell }: UpdatesContext,
  { stop }: Updates,
  source: string,
): Promise<void> {
  if (registry.entries.some((other) => sourceOf(other) === source)) return;
  await stop(source);
  await dropList(db, source);
  tell();
}

function foundIn(
  lists: readonly ClinicList[],
  rows: readonly ClinicRow[],
  { entryOf, entryAt }: Updates,
): ClinicFound[] {
  const byId = new Map(lists.map((list) => [list.id, list]));
  return rows.flatMap((row) => {
    const list = byId.get(row.list_id);
    if (!list) return [];
    const { vendor } = list;
    const clinic = clinicOfRow(row);
    if (vendor !== openVendor.portal.id) return [{ clinic, vendor, entry: entryOf(list) }];
    // Brands that share a server share its sign-in: it has no clinics to choose from.
    return [{ clinic: { ...clinic, id: '' }, vendor, entry: entryAt(clinic.fhirBaseUrl ?? '') }];
  });
}

/** A list of servers of nobody's in particular: whoever finds a clinic on it may add its server. */
function isOfAnyServer({ source, vendor }: ClinicList): boolean {
  return vendor === openVendor.portal.id && source.startsWith('file:');
}

/** The lists of portals that are on, read or not, and those that were imported. */
function statesOf(
  lists: readonly ClinicList[],
  { offered, entryOf, received }: Updates,
): ListState[] {
  const missing = offered().filter(
    (entry) => !lists.some(({ source }) => source === sourceOf(entry)),
  );
  return [
    ...lists.map((list) => stateOf(list, entryOf(list), received(list.source))),
    ...missing.map((entry) => stateOfMissing(entry, received(sourceOf(entry)))),
  ].filter(({ entry, source }) => entry !== null || source.startsWith('file:'));
}

/** A clinic may be on two lists of a vendor: its own, and one that was imported. */
function withoutRepeats(found: readonly ClinicFound[]): ClinicFound[] {
  const seen = new Set<string>();
  return found.filter(({ clinic, vendor, entry }) => {
    const { id, name, town, fhirBaseUrl } = clinic;
    const key = [vendor, entry?.key, id || `${name}\n${town}`, fhirBaseUrl].join('\n');
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
    triedAt: list.tried_at,
    clinics,
    unreadable,
    bytes: bytes || (entry ? aboutBytes(entry) : null),
    trouble: list.trouble === null ? null : (list.trouble as ErrorCode),
    reading,
  };
}

function stateOfMissing(entry: PortalEntry, reading: number | null): ListState {
  return {
    source: sourceOf(entry),
    vendor: entry.vendor.portal.id,
    entry,
    readAt: null,
    checkedAt: null,
    triedAt: null,
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

// Owns the clinic directory as others use it: how its lists stand, fetching them, and looking for a clinic over all
// vendors at once. Lists of simulated portals are read without asking; of the vendors', only when told to.

import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/db.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { Outbound } from '../../platform/outbound.ts';
import type { DirectoryClinic } from '../../portals/portal.ts';
import type { PortalEntry, PortalRegistry } from '../../portals/registry.ts';
import {
  allLists,
  type ClinicList,
  clinicNumbered,
  clinicOfRow,
  clinicsOfList,
  rowsNumbered,
} from './lists.ts';
import { fetchList, importList, type Reading } from './read-list.ts';
import { directoryThread } from './thread.ts';
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
  /** Null where the portal is not switched on here. */
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
  readonly offered: readonly PortalEntry[];
  /** Fetches a portal's list; the same call again joins the one under way. @throws as `fetchList` */
  update(entry: PortalEntry, signal?: AbortSignal): Promise<Reading>;
  /** @throws as `importList` */
  importFile(file: string, vendor: string | null): Promise<Reading & { readonly vendor: string }>;
  close(): Promise<void>;
};

/** So many clinics are shown before anything is typed. */
const FEW = 60;
/** A simulated portal's list is asked for again after this. */
const ASKED_AGAIN_MS = 5_000;
const TELL_EVERY_BYTES = 512 * 1024;

/** @param options.tell called when the state of a list has changed */
export function createDirectory(options: {
  readonly db: Db;
  readonly outbound: Outbound;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: PortalRegistry;
  readonly tell: () => void;
}): Directory {
  const { db, clock, log, tell } = options;
  const usable = options.registry.entries.filter((entry) => entry.registration !== null);
  const simulated = usable.filter((entry) => entry.simulated && entry.directoryUrl);
  // A vendor's list is of production; a test environment has its few clinics, and is offered as a whole.
  const offered = usable.filter(
    (entry) => !entry.simulated && entry.directoryUrl && entry.environment === 'production',
  );
  const underWay = new Map<string, Promise<Reading>>();
  const received = new Map<string, number>();
  let simulatedRead: { at: number; done: Promise<unknown> } | null = null;
  let index: { stamp: string; made: Promise<string> } | null = null;

  function entryOf({
    source,
    vendor,
    environment,
  }: Pick<ClinicList, 'source' | 'vendor' | 'environment'>) {
    if (!source.startsWith('file:'))
      return [...simulated, ...offered].find((entry) => entry.directoryUrl === source) ?? null;
    return (
      usable.find(
        (entry) =>
          !entry.simulated &&
          entry.vendor.portal.id === vendor &&
          entry.environment === environment,
      ) ?? null
    );
  }

  /** The lists that have clinics: without `everywhere` only of portals that can be connected. */
  async function listsRead(everywhere: boolean): Promise<ClinicList[]> {
    await readSimulated();
    const all = await allLists(db);
    return all.filter((list) => list.edition !== null && (everywhere || entryOf(list)));
  }

  async function readSimulated(): Promise<void> {
    if (!simulatedRead || clock.now() - simulatedRead.at > ASKED_AGAIN_MS) {
      const reading = simulated.map((entry) =>
        update(entry).catch((error: unknown) =>
          log.error('directory.not_read', error, { portal: entry.key }),
        ),
      );
      simulatedRead = { at: clock.now(), done: Promise.all(reading) };
    }
    await simulatedRead.done;
  }

  function update(entry: PortalEntry, signal?: AbortSignal): Promise<Reading> {
    const source = entry.directoryUrl ?? '';
    const running = underWay.get(source);
    if (running) return running;
    const from = { source, vendor: entry.vendor.portal.id, environment: entry.environment };
    let told = 0;
    const heard = (bytes: number) => {
      received.set(source, bytes);
      if (bytes - told < TELL_EVERY_BYTES) return;
      told = bytes;
      tell();
    };
    received.set(source, 0);
    const reading = fetchList(options, from, heard, signal).finally(() => {
      underWay.delete(source);
      received.delete(source);
      tell();
    });
    underWay.set(source, reading);
    if (!entry.simulated) tell();
    return reading;
  }

  /** The name of an index in the thread over these lists; made anew where one of them has changed. */
  function indexOver(lists: readonly ClinicList[]): Promise<string> {
    const stamp = lists.map(({ id, edition }) => `${id}.${edition}`).join(' ');
    if (index?.stamp === stamp) return index.made;
    const before = index;
    const made = (async () => {
      const name = newId();
      for (const list of lists)
        for await (const rows of clinicsOfList(db, list)) {
          const clinics = rows.map((row) => ({ ...clinicOfRow(row), row: row.id }));
          await directoryThread.run('index', { index: name, clinics });
        }
      const old = await before?.made.catch(() => undefined);
      if (old) await directoryThread.run('drop', old);
      return name;
    })();
    index = { stamp, made };
    made.catch(() => {
      if (index?.made === made) index = null;
    });
    return made;
  }

  return {
    offered,
    update,
    async states() {
      await readSimulated();
      const lists = await allLists(db);
      const missing = offered.filter(
        (entry) => !lists.some(({ source }) => source === entry.directoryUrl),
      );
      return [
        ...lists.map((list) => stateOf(list, entryOf(list), received.get(list.source) ?? null)),
        ...missing.map((entry) => stateOfMissing(entry, received.get(entry.directoryUrl ?? ''))),
      ].filter(({ entry, source }) => entry !== null || source.startsWith('file:'));
    },
    async search(typed, limit, everywhere = false) {
      const lists = await listsRead(everywhere);
      const name = await indexOver(lists);
      const { rows, total, isMore } = await directoryThread.run('search', {
        index: name,
        typed,
        limit,
      });
      const byId = new Map(lists.map((list) => [list.id, list]));
      const found = (await rowsNumbered(db, rows)).flatMap((row) => {
        const list = byId.get(row.list_id);
        return list
          ? [{ clinic: clinicOfRow(row), vendor: list.vendor, entry: entryOf(list) }]
          : [];
      });
      const once = withoutRepeats(found);
      return { found: once, total: total - (found.length - once.length), isMore };
    },
    async few() {
      const lists = await listsRead(false);
      if (lists.reduce((sum, { clinics }) => sum + clinics, 0) > FEW) return [];
      const found: ClinicFound[] = [];
      for (const list of lists)
        for await (const rows of clinicsOfList(db, list))
          for (const row of rows)
            found.push({ clinic: clinicOfRow(row), vendor: list.vendor, entry: entryOf(list) });
      return found;
    },
    async find(entry, clinicId) {
      const lists = (await listsRead(false)).filter((list) => entryOf(list)?.key === entry.key);
      const row = await clinicNumbered(db, lists, clinicId);
      return row && clinicOfRow(row);
    },
    async importFile(file, vendor) {
      const reading = await importList(options, file, vendor);
      tell();
      return reading;
    },
    async close() {
      await Promise.allSettled(underWay.values());
      const name = await index?.made.catch(() => undefined);
      if (name) await directoryThread.run('drop', name);
    },
  };
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

function stateOfMissing(entry: PortalEntry, reading: number | undefined): ListState {
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
    reading: reading ?? null,
  };
}

function aboutBytes({ vendor, environment }: PortalEntry): number | null {
  const megabytes = vendor.portal.environments[environment]?.directoryMegabytes;
  return megabytes === undefined ? null : megabytes * 1_000_000;
}

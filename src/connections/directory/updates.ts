// Owns which portals' lists are fetched, and each one's fetching: once at a time, with how far it has come.

import type { Log } from '../../platform/log.ts';
import { openVendor } from '../../portals/index.ts';
import { isPerClinic, type PortalEntry, type PortalRegistry } from '../../portals/registry.ts';
import { fetchList, type Reading, type ReadingContext } from './read-list.ts';
import { isSameBase } from './same-base.ts';

export type Updates = {
  /** The portals whose lists are fetched when told to. */
  offered(): readonly PortalEntry[];
  /** The portal that the clinics of a list are connected through; null where that is not switched on here. */
  entryOf(list: { source: string; vendor: string; environment: string }): PortalEntry | null;
  /** The portal at a FHIR base, whoever's it is; null where none is switched on there. */
  entryAt(fhirBaseUrl: string): PortalEntry | null;
  /** Fetches a portal's list; the same call again joins the one under way. @throws as `fetchList` */
  update(entry: PortalEntry, signal?: AbortSignal): Promise<Reading>;
  /** Ends the fetching of a list, where one is under way. */
  stop(source: string): Promise<void>;
  /** Reads the lists of simulated portals, unless that was done just now. One that can't be read stays as it was. */
  readSimulated(): Promise<void>;
  /** Bytes that have come of a list that is being fetched; null where it is not. */
  received(source: string): number | null;
  /** Resolves when nothing is being fetched any more. */
  settled(): Promise<void>;
};

/** A simulated portal's list is asked for again after this. */
const ASKED_AGAIN_MS = 5_000;
const TELL_EVERY_BYTES = 512 * 1024;

export type UpdatesContext = ReadingContext & {
  readonly log: Log;
  readonly registry: PortalRegistry;
  /** Called when the state of a list has changed. */
  readonly tell: () => void;
};

export function createUpdates(context: UpdatesContext): Updates {
  const { clock, log, tell } = context;
  // Asked for each time: a server may be added while the program runs.
  const usable = () => context.registry.entries.filter((entry) => entry.registration !== null);
  const simulated = () => usable().filter((entry) => entry.simulated && entry.directoryUrl);
  // A vendor's list is of production; a test environment has its few clinics, and is offered as a whole.
  const offered = () =>
    usable().filter(
      (entry) => !entry.simulated && entry.directoryUrl && entry.environment === 'production',
    );
  const underWay = new Map<string, { reading: Promise<Reading>; ending: AbortController }>();
  const received = new Map<string, number>();
  let lastSimulated: { at: number; done: Promise<unknown> } | null = null;

  function update(entry: PortalEntry, signal?: AbortSignal): Promise<Reading> {
    const source = sourceOf(entry);
    const running = underWay.get(source);
    if (running) return running.reading;
    const vendor = entry.vendor.portal.id;
    // What a server of nobody's in particular names is its own brands.
    const base = vendor === openVendor.portal.id ? entry.fhirBaseUrl : null;
    const from = { source, vendor, environment: entry.environment, base };
    received.set(source, 0);
    const heard = nowAndThen(tell, (bytes) => received.set(source, bytes));
    const ending = new AbortController();
    const either = signal ? AbortSignal.any([signal, ending.signal]) : ending.signal;
    const reading = fetchList(context, from, heard, either).finally(() => {
      underWay.delete(source);
      received.delete(source);
      tell();
    });
    underWay.set(source, { reading, ending });
    tell();
    return reading;
  }

  async function readSimulated(): Promise<void> {
    if (!lastSimulated || clock.now() - lastSimulated.at > ASKED_AGAIN_MS) {
      const reading = simulated().map((entry) =>
        update(entry).catch((error: unknown) =>
          log.error('directory.not_read', error, { portal: entry.key }),
        ),
      );
      lastSimulated = { at: clock.now(), done: Promise.all(reading) };
    }
    await lastSimulated.done;
  }

  return {
    offered,
    entryOf: (list) => entryOfList(list, usable(), [...simulated(), ...offered()]),
    entryAt: (base) =>
      usable().find((entry) => isSameBase(entry.fhirBaseUrl, base) && !isPerClinic(entry)) ?? null,
    update,
    async stop(source) {
      const running = underWay.get(source);
      running?.ending.abort();
      await Promise.allSettled([running?.reading]);
    },
    readSimulated,
    received: (source) => received.get(source) ?? null,
    settled: async () =>
      void (await Promise.allSettled([...underWay.values()].map(({ reading }) => reading))),
  };
}

/** Notes each time how many bytes have come, and tells after so many. */
function nowAndThen(tell: () => void, note: (bytes: number) => void): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    note(bytes);
    if (bytes - told < TELL_EVERY_BYTES) return;
    told = bytes;
    tell();
  };
}

/** Where the list of a portal is kept under: its address. Several servers may name one, and each has its own part of it. */
export function sourceOf({ directoryUrl, fhirBaseUrl, vendor }: PortalEntry): string {
  const isOpen = vendor.portal.id === openVendor.portal.id;
  return isOpen ? `${directoryUrl}#${fhirBaseUrl}` : (directoryUrl ?? '');
}

/**
 * A list from a server is of the portal that names its address; one from a file of the vendor's real portal, or of no
 * one portal where each of its clinics may have another.
 */
function entryOfList(
  { source, vendor, environment }: { source: string; vendor: string; environment: string },
  usable: readonly PortalEntry[],
  fetched: readonly PortalEntry[],
): PortalEntry | null {
  if (!source.startsWith('file:'))
    return fetched.find((entry) => sourceOf(entry) === source) ?? null;
  if (vendor === openVendor.portal.id) return null;
  return (
    usable.find(
      (entry) =>
        !entry.simulated && entry.vendor.portal.id === vendor && entry.environment === environment,
    ) ?? null
  );
}

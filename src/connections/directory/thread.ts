// Owns the thread of the directory: lists of many megabytes are put together and read there, and clinics are looked for
// there, since either would hold the main loop up (law L9). The main side takes what was read a few clinics at a time.

import { ChartfoldError } from '../../platform/errors.ts';
import { offThread, serveTasks } from '../../platform/off-thread.ts';
import { vendorOfList, vendors } from '../../portals/index.ts';
import type { DirectoryClinic } from '../../portals/portal.ts';
import { type ClinicIndex, createClinicIndex, type Found } from './clinic-index.ts';
import type { IndexedClinic } from './names.ts';
import { isSameBase } from './same-base.ts';

/** A list that comes in: its pieces, then its clinics. By a name that the main side gives. */
type Reading = { readonly pieces: Uint8Array[]; clinics: readonly DirectoryClinic[] };
const readings = new Map<string, Reading>();
const indexes = new Map<string, ClinicIndex>();

/** What a list turned out to be. */
export type ReadList = {
  readonly vendor: string;
  readonly clinics: number;
  readonly unreadable: number;
  readonly bytes: number;
};

type ToRead = {
  readonly reading: string;
  /** Whose it is; null where it says so itself. */
  readonly vendor: string | null;
  /** The one FHIR base whose clinics are taken; null for all. */
  readonly base: string | null;
};

const tasks = {
  piece({ reading, bytes }: { reading: string; bytes: Uint8Array }) {
    const known = readings.get(reading) ?? { pieces: [], clinics: [] };
    known.pieces.push(bytes);
    readings.set(reading, known);
    return { value: null };
  },
  read({ reading, vendor: said, base }: ToRead) {
    const bytes = Buffer.concat(readings.get(reading)?.pieces ?? []);
    const text = decode(bytes);
    const vendor =
      said === null ? vendorOfList(text) : vendors.find(({ portal }) => portal.id === said);
    if (!vendor?.directory) throw new ChartfoldError('directory.not_a_list');
    const { clinics: all, unreadable } = vendor.directory.read(text);
    if (all.length === 0) throw new ChartfoldError('directory.not_a_list');
    const clinics = all.filter((one) => base === null || isSameBase(one.fhirBaseUrl ?? '', base));
    if (clinics.length === 0) throw new ChartfoldError('directory.none_of_server');
    readings.set(reading, { pieces: [], clinics });
    const value: ReadList = {
      vendor: vendor.portal.id,
      clinics: clinics.length,
      unreadable,
      bytes: bytes.length,
    };
    return { value };
  },
  take({ reading, from, count }: { reading: string; from: number; count: number }) {
    return { value: readings.get(reading)?.clinics.slice(from, from + count) ?? [] };
  },
  drop(name: string) {
    readings.delete(name);
    indexes.delete(name);
    return { value: null };
  },
  index({ index, clinics }: { index: string; clinics: readonly IndexedClinic[] }) {
    const known = indexes.get(index) ?? createClinicIndex();
    known.add(clinics);
    indexes.set(index, known);
    return { value: null };
  },
  search({ index, typed, limit }: { index: string; typed: string; limit: number }) {
    const nothing: Found = { rows: [], total: 0, isMore: false };
    return { value: indexes.get(index)?.search(typed, limit) ?? nothing };
  },
};

/** The main side. */
export const directoryThread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ChartfoldError('directory.not_a_list', { cause });
  }
}

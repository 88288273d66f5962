// Owns `directory status`, `update`, `import` and `search`: the lists of clinics from the terminal.

import { placeOf } from '../../connections/clinics.ts';
import type { ClinicFound } from '../../connections/directory/directory.ts';
import type { App } from '../../http/app.ts';
import { asChartfoldError, ChartfoldError } from '../../platform/errors.ts';
import type { DirectoryLists } from '../../http/contract.ts';
import { presentDirectory } from '../../http/present/directory.ts';
import { openVendor, vendors } from '../../portals/index.ts';
import type { Verb } from '../verb.ts';

export const directoryStatus: Verb = {
  name: 'directory-status',
  act: 'portals.list',
  needsPortals: true,
  async *run(app) {
    const { lists } = await presentDirectory(app);
    yield {
      json: lists,
      text:
        lists.map(lineOfList).join('\n') ||
        'No portal that publishes a list of clinics is switched on here, and none was imported.',
    };
  },
};

export const updateDirectory: Verb = {
  name: 'directory-update',
  act: 'directory.update',
  async *run(app, _args, { signal }) {
    const offered = app.directory.offered();
    if (offered.length === 0)
      yield { json: [], text: 'No portal that publishes a list of clinics is switched on here.' };
    let failed: ChartfoldError | null = null;
    for (const entry of offered) {
      const from = new URL(entry.directoryUrl ?? '').host;
      yield { say: `Asking ${from} for the list of ${entry.name}` };
      try {
        const { outcome, clinics, unreadable } = await app.directory.update(entry, signal);
        yield {
          json: { portal: entry.key, from, outcome, clinics, unreadable },
          text: `${entry.name}: ${countOf(clinics)}${outcome === 'unchanged' ? ', unchanged' : ''}${unreadable > 0 ? `; ${unreadable} entries could not be read` : ''}`,
        };
      } catch (error) {
        signal.throwIfAborted();
        // The other lists are fetched all the same.
        failed = asChartfoldError(error);
        yield {
          json: { portal: entry.key, from, outcome: 'failed', code: failed.code },
          text: `${entry.name}: ${failed.message}`,
        };
      }
    }
    if (failed) throw failed;
  },
};

export const importDirectory: Verb<{ file: string; vendor?: string }> = {
  name: 'directory-import',
  act: 'directory.import',
  async *run(app, { file, vendor }) {
    const known = vendors.filter(({ directory }) => directory !== null).map((v) => v.portal.id);
    if (vendor !== undefined && !known.includes(vendor))
      throw new ChartfoldError('http.invalid_request', {
        detail: `--vendor is one of ${known.join(', ')}`,
      });
    const read = await app.directory.importFile(file, vendor ?? null);
    yield {
      json: { file, ...read },
      text: `${countOf(read.clinics)} of ${read.vendor} read${read.unreadable > 0 ? `; ${read.unreadable} entries could not be read` : ''}.${whereFound(app, read.vendor)}`,
    };
  },
};

export const searchDirectory: Verb<{ words: string[]; limit?: number }> = {
  name: 'directory-search',
  act: 'portals.list',
  needsPortals: true,
  async *run(app, { words, limit = 10 }) {
    const { found, total, isMore } = await app.directory.search(words.join(' '), limit, true);
    yield {
      json: {
        total,
        isMore,
        clinics: found.map(({ clinic, vendor, entry }) => ({
          vendor,
          portal: entry?.key ?? null,
          ...clinic,
        })),
      },
      text:
        found.length === 0
          ? 'No clinic found.'
          : [...found.map(lineOf), ...rest(total, found)].join('\n'),
    };
  },
};

/** What can't be connected yet, and why. */
function whereFound({ registry }: App, vendor: string): string {
  const isOn =
    vendor === openVendor.portal.id ||
    registry.entries.some(
      (e) => e.vendor.portal.id === vendor && e.registration !== null && !e.simulated,
    );
  return isOn
    ? ''
    : ' That portal is not switched on here: its clinics can be found with “directory search”, and connected once it is.';
}

function lineOfList(list: DirectoryLists['lists'][number]): string {
  const { vendor, from, clinics, readAt, checkedAt, triedAt, trouble } = list;
  const state =
    readAt === null ? 'not fetched yet' : `${countOf(clinics)}, as of ${checkedAt?.slice(0, 10)}`;
  const failed = trouble && `the last try, on ${triedAt?.slice(0, 10)}, failed: ${trouble}`;
  return [vendor, from, state, failed].filter((part) => part !== null).join('  ');
}

function lineOf({ clinic, vendor, entry }: ClinicFound): string {
  const place = [placeOf(clinic), clinic.postalCode].filter((part) => part !== null).join(' ');
  const how = entry
    ? `--clinic ${clinic.id || '(told after the sign-in)'}`
    : vendor === openVendor.portal.id
      ? `server to be added in the app: ${clinic.fhirBaseUrl}`
      : 'not switched on here';
  return [clinic.name, place, entry?.key ?? vendor, how].filter((part) => part !== '').join('  ');
}

function rest(total: number, found: readonly unknown[]): string[] {
  return total > found.length ? [`and ${total - found.length} more`] : [];
}

function countOf(clinics: number): string {
  return `${clinics.toLocaleString('en-US')} clinic${clinics === 1 ? '' : 's'}`;
}

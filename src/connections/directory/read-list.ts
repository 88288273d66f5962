// Owns how a list comes in: from its server, piece by piece, or from a file. What is not a whole list, or far shorter
// than the one before, changes nothing but what is said of it.

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/db.ts';
import { asChartfoldError, ChartfoldError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Outbound } from '../../platform/outbound.ts';
import { type ClinicList, listOf, type ListSource, noteChecked, writeEdition } from './lists.ts';
import { directoryThread, type ReadList } from './thread.ts';

export type ReadingContext = {
  readonly db: Db;
  readonly outbound: Outbound;
  readonly clock: Clock;
};

/** What came of it. */
export type Reading = {
  readonly outcome: 'read' | 'unchanged';
  readonly clinics: number;
  readonly unreadable: number;
};

const MOST_BYTES = 256 * 1024 * 1024;
/** Of one that a server names, which may be its vendor's for all its customers: nobody has looked at that server's word. */
const MOST_BYTES_OF_SERVER = 96 * 1024 * 1024;
const TIMEOUT_MS = 15 * 60_000;
const MOST_REDIRECTS = 3;
/** A list that has lost more than a third of its clinics is taken for a broken one. */
const LEAST_LEFT = 2 / 3;

/**
 * Asks for a list, by what is known of the last one (ETag, else Last-Modified), and takes it where it has changed.
 * @param from with the FHIR base of the server that names it: then clinics elsewhere are left. A vendor's own has none.
 * @param heard told how many bytes have come
 * @throws `net.*`, `directory.refused`, `directory.shrunk`, `directory.not_a_list`, `directory.cut_off`,
 *   `directory.none_of_server`; what was wrong is noted with the list, which stays as it was
 */
export async function fetchList(
  context: ReadingContext,
  { base, ...from }: ListSource & { readonly base: string | null },
  heard: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<Reading> {
  const list = await listOf(context.db, from);
  // What was read for another vendor is no earlier edition of this one's.
  const isSame = list.vendor === from.vendor && list.environment === from.environment;
  const known = isSame ? knownOf(list) : null;
  const reading = newId();
  try {
    const maxBytes = base === null ? MOST_BYTES : MOST_BYTES_OF_SERVER;
    const answer = await ask(context, list.source, reading, { known, heard, maxBytes, signal });
    if (answer.status === 304 && known !== null) {
      await noteChecked(context.db, list, context.clock.now(), null);
      return { outcome: 'unchanged', clinics: list.clinics, unreadable: list.unreadable };
    }
    if (answer.status !== 200)
      throw new ChartfoldError('directory.refused', { detail: `HTTP status ${answer.status}` });
    const read = await directoryThread.run('read', { reading, vendor: from.vendor, base });
    if (isSame && read.clinics < list.clinics * LEAST_LEFT)
      throw new ChartfoldError('directory.shrunk', {
        detail: `${read.clinics} clinics instead of ${list.clinics}`,
      });
    return await keep(context, list, reading, { ...read, ...from }, answer.headers);
  } catch (error) {
    if (!signal?.aborted)
      await noteChecked(context.db, list, context.clock.now(), asChartfoldError(error).code);
    throw error;
  } finally {
    await directoryThread.run('drop', reading);
  }
}

/**
 * Reads a list from a file in any form that the vendors or others publish; a file of the same name takes its place.
 * @param vendor whose it is; null where it says so itself
 * @throws `directory.no_such_file`, `directory.not_a_list`, `directory.cut_off`
 */
export async function importList(
  context: Pick<ReadingContext, 'db' | 'clock'>,
  file: string,
  vendor: string | null,
): Promise<Reading & { readonly vendor: string }> {
  const reading = newId();
  try {
    let bytes = 0;
    for await (const piece of createReadStream(file, { highWaterMark: 1 << 20 })) {
      bytes += (piece as Uint8Array).byteLength;
      if (bytes > MOST_BYTES)
        throw new ChartfoldError('directory.not_a_list', { detail: `over ${MOST_BYTES} bytes` });
      await directoryThread.run('piece', { reading, bytes: piece as Uint8Array });
    }
    const read = await directoryThread.run('read', { reading, vendor, base: null });
    const source = `file:${basename(file)}`;
    const from = { source, vendor: read.vendor, environment: 'production' } as const;
    const list = await listOf(context.db, from);
    const kept = await keep(context, list, reading, { ...read, ...from }, new Headers());
    return { ...kept, vendor: read.vendor };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES')
      throw new ChartfoldError('directory.no_such_file', { detail: `${file}: ${code}` });
    throw error;
  } finally {
    await directoryThread.run('drop', reading);
  }
}

async function keep(
  { db, clock }: Pick<ReadingContext, 'db' | 'clock'>,
  list: ClinicList,
  reading: string,
  { vendor, environment, clinics, unreadable, bytes }: ReadList & ListSource,
  headers: Headers,
): Promise<Reading> {
  const edition = {
    vendor,
    environment,
    etag: headers.get('etag'),
    lastModified: headers.get('last-modified'),
    clinics,
    unreadable,
    bytes,
  };
  await writeEdition(db, list, edition, clock.now(), (from, count) =>
    directoryThread.run('take', { reading, from, count }),
  );
  return { outcome: 'read', clinics, unreadable };
}

/** No token goes along, so a redirect is followed, wherever on the public internet it leads. */
async function ask(
  { outbound }: Pick<ReadingContext, 'outbound'>,
  source: string,
  reading: string,
  how: {
    /** The headers by which it is asked for only where it has changed; null for whatever it is. */
    readonly known: Record<string, string> | null;
    readonly heard: (bytes: number) => void;
    readonly maxBytes: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Response> {
  const { known, heard, maxBytes, signal } = how;
  let bytes = 0;
  const taking = (piece: Uint8Array<ArrayBuffer>) => {
    bytes += piece.byteLength;
    heard(bytes);
    void directoryThread.run('piece', { reading, bytes: piece }, [piece.buffer]);
  };
  let url = source.replace(/#.*$/s, '');
  for (let redirects = 0; ; redirects += 1) {
    const answer = await outbound(url, {
      headers: { accept: 'application/fhir+json, application/json', ...known },
      timeoutMs: TIMEOUT_MS,
      maxBytes,
      taking,
      ...(signal ? { signal } : {}),
    });
    const location = answer.headers.get('location');
    if (answer.status < 301 || answer.status > 308 || answer.status === 304 || !location)
      return answer;
    if (redirects === MOST_REDIRECTS || !URL.canParse(location, url))
      throw new ChartfoldError('directory.refused', { detail: 'it is redirected again and again' });
    url = new URL(location, url).href;
  }
}

function knownOf({ edition, etag, last_modified }: ClinicList): Record<string, string> | null {
  if (edition === null) return null;
  if (etag) return { 'if-none-match': etag };
  return last_modified ? { 'if-modified-since': last_modified } : {};
}

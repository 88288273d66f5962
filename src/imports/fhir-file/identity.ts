// Owns under which origin and id a resource of a file is known: by the address it came with, or by an
// id that is unique in the whole world. Pure.

import { isUuid, parseReference } from '../../fhir/reference.ts';
import type { FileEntry } from './types.ts';

/** Where an id belongs to: a server base, `urn:uuid`, `urn:oid`; null where the file does not say. */
export type Origin = string | null;

export type Identity = { readonly origin: Origin; readonly id: string };

/**
 * The identity of an entry.
 *
 * 1. a `fullUrl` with `urn:uuid` or `urn:oid`: that, whatever the id says
 * 2. a `fullUrl` on a server: the server's base and the id
 * 3. an id that is a UUID: `urn:uuid`
 * 4. any other id: of no known origin, so that it means something only beside its patient
 */
export function identityOf(entry: Pick<FileEntry, 'fullUrl' | 'resourceId' | 'type'>): Identity {
  const address = entry.fullUrl === undefined ? undefined : parseReference(entry.fullUrl);
  if (address?.kind === 'urn') return urnIdentity(address.urn);
  const id = entry.resourceId ?? '';
  if (address?.kind === 'absolute' && address.type === entry.type) {
    return { origin: address.base, id };
  }
  return isUuid(id) ? { origin: 'urn:uuid', id: id.toLowerCase() } : { origin: null, id };
}

/** `urn:uuid:x` as origin and id. */
export function urnIdentity(urn: string): Identity {
  const end = urn.indexOf(':', 'urn:'.length);
  return { origin: urn.slice(0, end), id: urn.slice(end + 1) };
}

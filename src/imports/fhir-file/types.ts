// Owns the words of importing FHIR files: what is given, what is answered. Types only.

import type { ErrorCode } from '../../platform/errors.ts';
import type { PersonId } from '../../records/types.ts';

/** A file to be read, once or more, from its beginning. */
export type FhirFile = {
  /** For the person who gave it; may hold a name, so it goes into no log. */
  readonly name: string;
  open(): AsyncIterable<Uint8Array>;
};

/**
 * Whose the records are. A Patient known already is always its own person.
 * `auto`: every Patient must be known. `new`: a person is made for each that is not.
 * `named`: everything is this person's, and another patient's file is refused.
 */
export type ImportPerson =
  | { readonly kind: 'auto' }
  | { readonly kind: 'new' }
  | { readonly kind: 'named'; readonly id: PersonId };

/** Something of a file that was not stored. */
export type SetAside = {
  /** `entry 3`, `line 7`, or both of a bundle in a line; empty for the file itself. */
  readonly place: string;
  readonly code: ErrorCode;
};

/** What became of a file. read = new + changed + unchanged + setAside.length. */
export type FileResult = {
  readonly name: string;
  /** Set when nothing of the file was stored. */
  readonly refused: ErrorCode | null;
  readonly read: number;
  readonly new: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly setAside: readonly SetAside[];
};

export type ImportResult = {
  readonly importId: string;
  readonly files: readonly FileResult[];
  /** The people whose records these are. */
  readonly people: readonly {
    readonly id: PersonId;
    readonly name: string;
    /** Whether this import made the person. */
    readonly isNew: boolean;
  }[];
};

/** A patient found in files, before anything is stored. */
export type ImportPatient = {
  readonly name: string;
  readonly birthDate: string | null;
  /** Who this patient is here; null when not known. */
  readonly knownAs: PersonId | null;
};

/** A resource as it stands in a file. */
export type FileEntry = {
  readonly place: string;
  readonly raw: string;
  readonly type: string;
  readonly resourceId: string | undefined;
  readonly fullUrl: string | undefined;
  /** Which texts' ids mean the same: a bundle's own number, or 0 for all loose resources of a call. */
  readonly scope: number;
};

export type FileItem =
  | { readonly kind: 'entry'; readonly entry: FileEntry }
  | { readonly kind: 'fault'; readonly fault: SetAside };

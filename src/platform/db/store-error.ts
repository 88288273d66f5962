// Owns what an error of the database's driver or of the file system means for the store.

import { ChartfoldError } from '../errors.ts';

/** Among them the extending of the shared memory beside the database, for which there is no other reason. */
const FULL: ReadonlySet<string> = new Set([
  'SQLITE_FULL',
  'SQLITE_IOERR_SHMSIZE',
  'ENOSPC',
  'EDQUOT',
]);
const NOT_WRITABLE = /^(SQLITE_(READONLY|CANTOPEN|PERM)(_\w+)?|EROFS|EACCES|EPERM)$/;
/** A first page that cannot be read is no database, any other is a corrupt one. */
const DAMAGED = /^SQLITE_(NOTADB|CORRUPT(_\w+)?)$/;

/**
 * An error as ours where it means damage, a full disk or one that may not be written; any other as it is.
 * @param where the file or folder, where it helps to name it
 */
export function asStoreError(cause: unknown, where?: string): unknown {
  const code = codeOf(cause);
  if (code === undefined) return cause;
  if (DAMAGED.test(code)) return new ChartfoldError('store.corrupt', { cause });
  const detail = where === undefined ? code : `${where}: ${code}`;
  if (FULL.has(code)) return new ChartfoldError('store.disk_full', { detail, cause });
  if (NOT_WRITABLE.test(code)) return new ChartfoldError('store.not_writable', { detail, cause });
  return cause;
}

/** The code of an error of the driver or of the file system. */
export function codeOf(error: unknown): string | undefined {
  const isOurs = error instanceof ChartfoldError;
  return !isOurs && error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

// Owns the list of what differs from one SQL dialect to another; each dialect folder fills it in.
// Domain code asks this value and never a dialect's name.

/** What the program must know of a dialect beyond the query builder. */
export type DbDialect = {
  readonly name: 'sqlite';
  /** Bound parameters that one statement may carry: bulk statements are cut to it. */
  readonly maxParameters: number;
  /** Whether a row that is read to be changed must be locked with `for update`. */
  readonly needsRowLocks: boolean;
  /** Whether several processes may write the same store. */
  readonly supportsManyProcesses: boolean;
};

/**
 * Cuts rows into slices that one insert of this dialect can carry.
 *
 * @param columns how many parameters a row takes
 */
export function* bulkSlices<T>(
  dialect: Pick<DbDialect, 'maxParameters'>,
  rows: readonly T[],
  columns: number,
): Generator<T[]> {
  const size = Math.max(1, Math.floor(dialect.maxParameters / columns));
  for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size);
}

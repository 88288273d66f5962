// Owns the list of what differs from one SQL dialect to another beyond what the query builder evens
// out; each dialect folder fills it in. Domain code asks this value and never a dialect's name.

/** What the program must know of a dialect. */
export type DbDialect = {
  readonly name: 'sqlite';
  /** Bound parameters that one statement may carry. The widest bulk insert here has 2,000. */
  readonly maxParameters: number;
  /** Whether several processes may write the same store; if not, law L10's lock is taken first. */
  readonly supportsManyProcesses: boolean;
};

// Owns the one error class of the program. What each code means stands in error-catalogue.ts.
// A detail never holds health data, a token, a secret or a name of a person.

import { type ErrorCode, errorCatalogue, type ErrorRow } from './error-catalogue.ts';

export type { ErrorCode } from './error-catalogue.ts';

/** An error that the program expects: its code leads to a sentence, to who acts, and to an HTTP status. */
export class ChartfoldError extends Error {
  readonly code: ErrorCode;
  /** Facts for the sentence, safe to show and to log: a port, a host, a count, a key's name. */
  readonly detail: string | undefined;
  /** After how many seconds trying again can help, where that is known. */
  readonly retryAfterS: number | undefined;

  constructor(
    code: ErrorCode,
    options: { detail?: string; cause?: unknown; retryAfterS?: number } = {},
  ) {
    const row = errorCatalogue[code];
    super(options.detail ? `${row.sentence} (${options.detail})` : row.sentence, {
      cause: options.cause,
    });
    this.name = 'ChartfoldError';
    this.code = code;
    this.detail = options.detail;
    this.retryAfterS = options.retryAfterS;
  }

  get row(): ErrorRow {
    return errorCatalogue[this.code];
  }
}

/** Whether a value is an expected error, optionally of one code. */
export function isChartfoldError(value: unknown, code?: ErrorCode): value is ChartfoldError {
  return value instanceof ChartfoldError && (code === undefined || value.code === code);
}

/** An unexpected value thrown, as the catalogue's `internal.unexpected`; an expected one as it is. */
export function asChartfoldError(value: unknown): ChartfoldError {
  return value instanceof ChartfoldError
    ? value
    : new ChartfoldError('internal.unexpected', { cause: value });
}

// Owns the form of a row of the error catalogue.

export type ErrorRow = {
  /** What the person reads: what happened, and what to do. */
  readonly sentence: string;
  /** Who can mend it. */
  readonly act: 'person' | 'clinic' | 'operator' | 'us';
  /** Whether trying again can help. */
  readonly retry: 'never' | 'later' | 'after-reconnect';
  /** The HTTP status of the problem+json answer. */
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 409
    | 410
    | 413
    | 415
    | 421
    | 422
    | 429
    | 500
    | 502
    | 503
    | 504;
};

/** A row: the sentence, who acts, whether trying again helps, the HTTP status. */
export const row = (
  sentence: string,
  act: ErrorRow['act'],
  retry: ErrorRow['retry'],
  status: ErrorRow['status'],
): ErrorRow => ({ sentence, act, retry, status });

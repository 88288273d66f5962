// Owns counting what may not be done too often: a bucket that each try fills a little and time empties. Pure: where a bucket
// is kept, in memory or in the store, is its owner's business.

export type Limit = {
  /** Tries in a row before the wait begins. */
  readonly most: number;
  /** One try is forgotten after this. */
  readonly forgetMs: number;
};

/** When a bucket is empty; times in milliseconds since the epoch. One that was never used is empty at 0. */
export type Bucket = { readonly emptyAt: number };

/** Takes one try. @returns the bucket with it, or after how many milliseconds there is one to take */
export function take(
  { emptyAt }: Bucket,
  now: number,
  { most, forgetMs }: Limit,
): Bucket | { readonly waitMs: number } {
  const next = Math.max(emptyAt, now) + forgetMs;
  const waitMs = next - now - most * forgetMs;
  return waitMs > 0 ? { waitMs } : { emptyAt: next };
}

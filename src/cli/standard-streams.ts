// Owns writing to standard output so that a reader who is slow, gone or full is noticed by whoever writes.

import { ChartfoldError } from '../platform/errors.ts';

/** Unheard, the error of a stream ends the process with a stack; it is met where we write. */
export function hearStreamErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/**
 * Waits where standard output is slower than we are.
 * @throws the driver's EPIPE when the reader has gone (`export … | head`); `output.not_written` for any other
 */
export function writeOut(text: string): Promise<void> {
  return new Promise((done, failed) =>
    process.stdout.write(text, (error) => (error ? failed(whyNot(error)) : done())),
  );
}

/** Whether standard output's reader has gone: then there is nothing left to do, and nobody to say it to. */
export function isUnread(thrown: unknown): boolean {
  return (thrown as NodeJS.ErrnoException | null)?.code === 'EPIPE';
}

function whyNot(cause: NodeJS.ErrnoException): Error {
  if (isUnread(cause)) return cause;
  return new ChartfoldError('output.not_written', {
    detail: `standard output: ${cause.code}`,
    cause,
  });
}

// Owns the log: one JSON object a line on stderr, made of an event's name and safe facts.
// No token, name, birth date, id of a patient or address with one in it ever goes in: callers pass
// opaque ids of ours, counts, codes and URL templates.

import { type DestinationStream, destination, pino } from 'pino';
import { ChartfoldError } from './errors.ts';

/** Facts that may be logged: opaque ids, counts, codes, templates. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export type Log = {
  debug(event: string, facts?: LogFacts): void;
  info(event: string, facts?: LogFacts): void;
  warn(event: string, facts?: LogFacts): void;
  /** An error by its code; of an unexpected one the class and the stack, not the message, which may quote data. */
  error(event: string, error: unknown, facts?: LogFacts): void;
};

/** Opens the log. `to` defaults to stderr, written at once; it never throws, whatever becomes of stderr. */
export function openLog(level: LogLevel, to?: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    to ?? standardError(),
  );
  return {
    debug: (event, facts) => logger.debug({ event, ...facts }),
    info: (event, facts) => logger.info({ event, ...facts }),
    warn: (event, facts) => logger.warn({ event, ...facts }),
    error: (event, error, facts) => logger.error({ event, ...facts, ...describe(error) }),
  };
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What waits when its disk is full, in characters; what comes then is dropped. */
const MOST_WAITING = 1_000_000;

function standardError(): DestinationStream {
  const stream = destination({ fd: 2, sync: true, maxLength: MOST_WAITING });
  // Unheard, it would end the process: a full disk must not take the server with it.
  stream.on('error', () => undefined);
  return stream;
}

function describe(error: unknown): LogFacts {
  if (error instanceof ChartfoldError) {
    const cause = error.cause === undefined ? {} : { cause: nameOf(error.cause) };
    return {
      code: error.code,
      detail: error.detail,
      ...cause,
      ...(error.code === 'internal.unexpected' && { at: framesOf(error.cause) }),
    };
  }
  return { code: 'internal.unexpected', cause: nameOf(error), at: framesOf(error) };
}

function nameOf(value: unknown): string {
  if (!(value instanceof Error)) return typeof value;
  const code = (value as { code?: unknown }).code;
  return typeof code === 'string' ? `${value.name} ${code}` : value.name;
}

/** Where it happened, without the message: stack frames name files of ours and no data. */
function framesOf(value: unknown): string | undefined {
  if (!(value instanceof Error) || !value.stack) return undefined;
  // A message of several lines may look like frames; it stands at the head of the stack, and is cut off.
  const head = value.stack.indexOf(value.message);
  const frames =
    value.message && head >= 0 ? value.stack.slice(head + value.message.length) : value.stack;
  return frames
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 6)
    .map((line) =>
      line.trim().replace(/(?:file:\/\/)?\/[^\s()]*?\/(src|simulator|node_modules)\//, '$1/'),
    )
    .join(' < ');
}

// The simulator's structured log on stderr. It holds path templates and codes, never a token, a name or a query.

export type LogLevel = 'debug' | 'info' | 'error';
export type Log = (level: LogLevel, event: string, fields?: Record<string, unknown>) => void;

const order: readonly LogLevel[] = ['debug', 'info', 'error'];

/** A log that writes one JSON line for each event at or above the level. */
export function makeLog(threshold: LogLevel, write: (line: string) => void): Log {
  return (level, event, fields = {}) => {
    if (order.indexOf(level) < order.indexOf(threshold)) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
  };
}

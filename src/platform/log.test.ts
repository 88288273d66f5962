// Proves that the log holds names and codes, and of an unexpected error nothing that it may quote.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ChartfoldError } from './errors.ts';
import { type Log, type LogLevel, openLog, silentLog } from './log.ts';

const TOKEN = 'eyJhbGciOiJSUzM4NCJ9.secret.token';

function logged(use: (log: Log) => void, level: LogLevel = 'debug') {
  let text = '';
  use(openLog(level, { write: (line: string) => void (text += line) }));
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { text, lines };
}

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('a line of the log', () => {
  it('is one JSON object with time, level, event and the facts given', () => {
    const { lines } = logged((log) => log.info('sync.finished', { received: 3, run: 'r1' }));
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        event: 'sync.finished',
        received: 3,
        run: 'r1',
      },
    ]);
  });

  it('names neither machine nor process', () => {
    expect(logged((log) => log.warn('a')).text).not.toMatch(/hostname|pid/);
  });

  it('is written from its level on', () => {
    const all = (log: Log) => {
      log.debug('d');
      log.info('i');
      log.warn('w');
      log.error('e', new ChartfoldError('net.timeout'));
    };
    const events = (level: LogLevel) => logged(all, level).lines.map((line) => line.event);
    expect(events('debug')).toEqual(['d', 'i', 'w', 'e']);
    expect(events('warn')).toEqual(['w', 'e']);
    expect(events('silent')).toEqual([]);
    all(silentLog);
  });
});

describe('an error in the log', () => {
  it('that is expected is its code, its safe detail and the class of its cause', () => {
    const cause = Object.assign(new TypeError(`fetch failed for ${TOKEN}`), { code: 'ECONNRESET' });
    const error = new ChartfoldError('net.unreachable', { detail: 'portal.example:443', cause });
    const { lines, text } = logged((log) => log.error('sync.failed', error, { run: 'r1' }));
    expect(lines[0]).toMatchObject({
      event: 'sync.failed',
      code: 'net.unreachable',
      detail: 'portal.example:443',
      cause: 'TypeError ECONNRESET',
      run: 'r1',
    });
    expect(text).not.toContain(TOKEN);
  });

  it('that is not expected is its class and where it happened, without the message', () => {
    const error = new RangeError(`Bearer ${TOKEN}`, { cause: new Error(TOKEN) });
    const { lines, text } = logged((log) => log.error('http.failed', error));
    expect(lines[0]).toMatchObject({ code: 'internal.unexpected', cause: 'RangeError' });
    expect(lines[0]?.at).toContain('src/platform/log.test.ts');
    expect(text).not.toContain(TOKEN);
    expect(text).not.toContain(import.meta.dirname);
  });

  it('is not written where its message is made to look like a place', () => {
    const error = new Error(`broken\n    at ${TOKEN} (src/a.ts:1:1)`);
    for (const given of [error, new ChartfoldError('internal.unexpected', { cause: error })]) {
      const { text, lines } = logged((log) => log.error('http.failed', given));
      expect(text).not.toContain(TOKEN);
      expect(lines[0]?.at).toContain('src/platform/log.test.ts');
    }
  });

  it('that quotes what could not be parsed is not written with it', () => {
    const error = thrown(() => JSON.parse(`{"access_token": ${TOKEN}}`));
    expect((error as Error).message).toContain('eyJ');
    expect(logged((log) => log.error('a', error)).text).not.toContain('eyJ');
  });

  it('that is no Error is its type alone', () => {
    for (const value of [TOKEN, { token: TOKEN }, undefined, null, 7]) {
      const { text, lines } = logged((log) => log.error('a', value));
      expect(lines[0]).toMatchObject({ code: 'internal.unexpected', cause: typeof value });
      expect(text).not.toContain(TOKEN);
    }
  });
});

describe('a log on a full disk', () => {
  /** A device of Linux that takes no byte, as a full disk. */
  const full = '/dev/full';

  it('loses lines, and ends nothing', ({ skip }) => {
    skip(!existsSync(full), `this system has no ${full}`);
    const module = JSON.stringify(new URL('log.ts', import.meta.url));
    const program = `import { openLog } from ${module};
      const log = openLog('info');
      for (let n = 0; n < 20; n += 1) log.info('line', { text: 'x'.repeat(100_000) });
      setImmediate(() => process.stdout.write('goes on'));`;
    const stderr = openSync(full, 'w');
    const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', stderr],
      encoding: 'utf8',
    });
    closeSync(stderr);
    expect([ended.status, ended.stdout]).toEqual([0, 'goes on']);
  });
});

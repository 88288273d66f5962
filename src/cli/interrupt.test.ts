// Proves, as processes, that Ctrl-C ends a verb that does its work by itself, wherever it is, and that the work goes on
// the next time.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine, type Started } from '../../e2e/support/command-line.ts';
import { walk } from './selftest/scripted-browser.ts';

const NORA = {
  username: 'nora@example.org',
  password: 'Sample-Login-1',
  practice: '24411',
  decision: 'allow',
} as const;
const MAIN = resolve(import.meta.dirname, '../main.ts');
/** Gives a program a terminal; of Linux. */
const TERMINAL = '/usr/bin/script';
const RESULTS = 12_000;

let line: CommandLine;
beforeAll(async () => {
  line = await commandLine();
});
afterAll(() => line.close());

const records = async (): Promise<number> => {
  const { out } = await line.run('people', 'list', '--json');
  return (JSON.parse(out) as { records: number }[]).reduce((sum, one) => sum + one.records, 0);
};
const interrupt = async (verb: Started) => {
  verb.process.kill('SIGINT');
  const { code, err } = await verb.ended;
  expect([code, err]).toEqual([130, expect.not.stringContaining('   at ')]);
};

describe('Ctrl-C', () => {
  it('ends an import between two batches; done again it stores the rest', async () => {
    const file = join(line.directory, 'many.ndjson');
    const patient = '{"resourceType":"Patient","id":"p","birthDate":"1985-03-01"}\n';
    const result = (n: number) =>
      `{"resourceType":"Observation","id":"o${n}","subject":{"reference":"Patient/p"}}\n`;
    const texts = Array.from({ length: RESULTS }, (_, n) => result(n));
    await writeFile(file, patient + texts.join(''));
    const importing = line.start(['import', '--person', 'new', file]);
    const log = join(line.dataDir, 'chartfold.sqlite-wal');
    const written = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    await expect.poll(written, { interval: 5, timeout: 20_000 }).toBeGreaterThan(1_500_000);
    await interrupt(importing);
    const stored = await records();
    expect(stored).toBeGreaterThan(1);
    expect(stored).toBeLessThan(RESULTS);
    const again = await line.run('import', file, '--json');
    expect(JSON.parse(again.out).files).toMatchObject([
      { unchanged: stored, new: RESULTS + 1 - stored },
    ]);
  }, 60_000);

  it('ends an export between two lines', async () => {
    const exporting = line.start(['export', '--format', 'ndjson']);
    await exporting.said(/Observation/);
    await interrupt(exporting);
    const lines = (await exporting.ended).out.split('\n');
    expect(lines.length).toBeLessThan(RESULTS);
    expect(lines.at(-1)).toBe('');
  });

  it('ends a question at the terminal without a stack', async ({ skip }) => {
    skip(!existsSync(TERMINAL), `no terminal can be played here: ${TERMINAL} is missing`);
    const file = join(line.directory, 'stranger.ndjson');
    await writeFile(file, '{"resourceType":"Patient","id":"s","birthDate":"1990-01-01"}\n');
    const asking = `"${process.execPath}" "${MAIN}" import "${file}"`;
    const child = spawn(TERMINAL, ['-qec', asking, '/dev/null'], {
      env: {
        ...process.env,
        CHARTFOLD_DATA_DIR: line.dataDir,
        CHARTFOLD_SECRET_FILE: join(line.directory, 'secret'),
        PORT: String(line.port),
      },
    });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    await expect.poll(() => said, { timeout: 20_000 }).toContain('Whose records are these');
    child.stdin.write('\u0003');
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([130, expect.not.stringContaining('   at ')]);
  });

  it('ends the waiting for a sign-in, which is then forgotten', async () => {
    const connecting = line.start(['connect', 'athenahealth', '--clinic', '24411']);
    await connecting.said(/It serves this one sign-in/);
    await interrupt(connecting);
    expect((await line.run('connections', '--json')).out).toBe('[]\n');
  });

  it('ends the waiting for a first sync; it is left to a verb that asks portals, and goes on there', async () => {
    const connecting = line.start([
      'connect',
      'athenahealth',
      '--clinic',
      '24411',
      '--yes',
      '--json',
      '--person',
      'new',
    ]);
    const [link] = await connecting.said(/http:\/\/localhost:\d+\/connect\/[\w-]+/);
    await fetch(`http://127.0.0.1:${line.simulatorPort}/_simulator/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ on: [{ name: 'reply.slow', type: 'Observation', delayMs: 600_000 }] }),
    });
    await walk(link, NORA);
    await connecting.said(/"state":"ready"/);
    await interrupt(connecting);
    expect(await line.run('people', 'list')).toMatchObject({ code: 0, err: '' });
    const synced = await line.run('sync', '--all', '--json');
    expect(synced.code).toBe(0);
    expect(JSON.parse(synced.out)).toMatchObject({ failed: 0, inPart: 0, trigger: 'first' });
  }, 60_000);
});

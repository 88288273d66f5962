// Proves, as processes, how a verb ends that cannot write: a sentence where the person can mend it, silence where the
// reader has gone.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';

const MAIN = resolve(import.meta.dirname, '../main.ts');
/** A device of Linux that takes no byte, as a full disk. */
const FULL = '/dev/full';

let line: CommandLine;
beforeAll(async () => {
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off' });
  const file = join(line.directory, 'patient.json');
  await writeFile(file, '{"resourceType":"Patient","id":"p1","birthDate":"1985-03-01"}');
  expect(await line.run('import', '--person', 'new', file)).toMatchObject({ code: 0 });
});
afterAll(() => line.close());

const exportTo = (folder: string) => line.run('export', '--format', 'raw', '--out', folder);

describe('export --out', () => {
  it('names a file in its way, and leaves it as it is', async () => {
    const file = join(line.directory, 'taken');
    await writeFile(file, 'mine');
    for (const out of [file, join(file, 'below')]) {
      const { code, err } = await exportTo(out);
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/^Not all .*: ENOTDIR\) \[output\.not_written\]\n$/),
      ]);
      expect(err).toContain(`(${out}: `);
    }
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('names a device that is no folder', async ({ skip }) => {
    skip(!existsSync(FULL), `this system has no ${FULL}`);
    const { code, err } = await exportTo(FULL);
    expect([code, err]).toEqual([1, expect.stringContaining(`(${FULL}: ENOTDIR) [output`)]);
  });
});

describe('standard output', () => {
  it
    .runIf(existsSync(FULL))
    .each([['export', '--format', 'ndjson'], ['people', 'list', '--json'], ['serve']])(
    'on a full disk is named: %s',
    (...args) => {
      const full = openSync(FULL, 'w');
      const env = {
        ...process.env,
        CHARTFOLD_DATA_DIR: line.dataDir,
        CHARTFOLD_SECRET_FILE: join(line.directory, 'secret'),
        CHARTFOLD_SIMULATOR: 'off',
        PORT: String(line.port),
        PUBLIC_URL: line.publicUrl,
      };
      const stdio = ['ignore', full, 'pipe'] as const;
      const ended = spawnSync(process.execPath, [MAIN, ...args], {
        env,
        cwd: line.directory,
        stdio: [...stdio],
        encoding: 'utf8',
        timeout: 20_000,
      });
      closeSync(full);
      expect([ended.status, ended.stderr]).toEqual([
        1,
        expect.stringMatching(/^Not all .*\(standard output: ENOSPC\) \[output\.not_written\]\n$/),
      ]);
    },
  );

  it.each([[['export', '--format', 'ndjson']], [['people', 'list']], [['serve']]])(
    'whose reader has gone ends %j without a word',
    async (args) => {
      const writing = line.start(args);
      writing.process.stdout?.destroy();
      expect(await writing.ended).toMatchObject({ code: 141, err: '' });
      const deaf = line.start(args);
      deaf.process.stdout?.destroy();
      deaf.process.stderr?.destroy();
      expect((await deaf.ended).code).toBe(141);
    },
  );
});

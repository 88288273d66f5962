// Proves, as processes, that the command line reaches its server below any data directory that is accepted.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';
import { LONGEST_DATA_DIR } from '../platform/config/read.ts';

let line: CommandLine;
beforeAll(async () => {
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off' });
});
afterAll(() => line.close());

/** A data directory whose path is that many bytes long, most of them of characters of two bytes. */
function dataDirOf(length: number): string {
  const rest = length - Buffer.byteLength(join(line.directory, 'd'));
  return join(line.directory, `d${'é'.repeat(rest >> 1)}${'x'.repeat(rest & 1)}`);
}

it('a data directory with the longest path has a server that is found, and ends when told', async () => {
  const env = { CHARTFOLD_DATA_DIR: dataDirOf(LONGEST_DATA_DIR) };
  const server = line.start(['serve'], env);
  await server.said(/sign-in#/);
  expect(await line.start(['stop'], env).ended).toMatchObject({ code: 0, out: 'Stopped.\n' });
  expect((await server.ended).code).toBe(0);
});

it('a longer one is refused before anything is made, and the key and both lengths are named', async () => {
  const dataDir = dataDirOf(LONGEST_DATA_DIR + 1);
  const { code, err } = await line.start(['serve'], { CHARTFOLD_DATA_DIR: dataDir }).ended;
  expect(code).toBe(1);
  expect(err).toContain(
    `CHARTFOLD_DATA_DIR: its path is ${LONGEST_DATA_DIR + 1} bytes long; choose one of at most ${LONGEST_DATA_DIR}`,
  );
  expect(err).toContain('[config.invalid]');
  expect(existsSync(dataDir)).toBe(false);
});

// Proves, as processes, that a record which was made and is gone is missed, and that a first start is none of that.

import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';

let line: CommandLine;
let database: string;
let secret: string;
let list: string;
let keys: string;
beforeEach(async () => {
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off' });
  database = join(line.dataDir, 'chartfold.sqlite');
  secret = join(line.directory, 'secret');
  list = `${secret}.databases`;
  keys = join(line.dataDir, 'keys');
});
afterEach(() => line.close());

const begin = async () =>
  expect(await line.run('people', 'add', 'Ada')).toMatchObject({ code: 0, err: '' });
const names = async (env: Record<string, string> = {}) => {
  const { code, out, err } = await line.start(['people', 'list', '--json'], env).ended;
  return code === 0 ? (JSON.parse(out) as { name: string }[]).map(({ name }) => name) : err;
};
const missed = (...remembering: string[]) =>
  `(${database}; remembered by ${remembering.join(' and ')}) [store.missing]`;

describe('a record that is gone', () => {
  it('with its whole data directory is missed at the next start, which makes nothing', async () => {
    await begin();
    await rename(line.dataDir, `${line.dataDir}-lost`);
    for (const args of [['serve'], ['people', 'list']]) {
      const { code, out, err } = await line.run(...args);
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('Restore the data directory from your copy.');
      expect(err).toContain(missed(list));
      expect(existsSync(line.dataDir)).toBe(false);
    }
    await rename(`${line.dataDir}-lost`, line.dataDir);
    expect(await names()).toEqual(['Ada']);
  });

  it('with its database alone, or with an empty one in its place, is missed', async () => {
    await begin();
    truncateSync(database);
    expect(await names()).toContain(missed(list, keys));
    rmSync(database);
    expect(await names()).toContain(missed(list, keys));
    expect(existsSync(database)).toBe(false);
  });

  it('of a secret from the environment is missed where its data directory is left', async () => {
    const given = { CHARTFOLD_SECRET: 'ab'.repeat(32) };
    expect(await names(given)).toEqual([]);
    rmSync(database);
    expect(await names(given)).toContain(missed(keys));
  });

  it('is begun anew when what remembers it is removed, with the secret that was there', async () => {
    await begin();
    const before = readFileSync(secret, 'utf8');
    rmSync(database);
    rmSync(list);
    rmSync(keys);
    expect(await names()).toEqual([]);
    expect(readFileSync(secret, 'utf8')).toBe(before);
    expect(readFileSync(list, 'utf8')).toBe(`${database}\n`);
  });

  it('together with its secret is begun anew, as nothing could open it', async () => {
    await begin();
    rmSync(line.dataDir, { recursive: true });
    rmSync(secret);
    expect(await names()).toEqual([]);
  });
});

describe('a first start', () => {
  it('with a secret made beforehand begins a record, in each data directory', async () => {
    writeFileSync(secret, `${'cd'.repeat(32)}\n`, { mode: 0o600 });
    const second = join(line.directory, 'second');
    expect(await names()).toEqual([]);
    expect(await names({ CHARTFOLD_DATA_DIR: second })).toEqual([]);
    expect(readFileSync(list, 'utf8')).toBe(`${database}\n${join(second, 'chartfold.sqlite')}\n`);
  });

  it('with a secret from the environment begins one, and leaves nothing beside the data', async () => {
    expect(await names({ CHARTFOLD_SECRET: 'ab'.repeat(32) })).toEqual([]);
    expect(readdirSync(line.directory).filter((name) => name !== 'compiled')).toEqual(['data']);
  });

  it('that was cut off between secret and database begins one', async () => {
    await begin();
    rmSync(line.dataDir, { recursive: true });
    rmSync(list);
    expect(await names()).toEqual([]);
  });
});

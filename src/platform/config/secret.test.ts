// Proves the two places a start needs: a data directory that is nobody else's, a root key that is made once.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from './read.ts';
import { prepareBackupDir, prepareDataDir, rootSecret, whyOpenToOthers } from './secret.ts';

const CLONE = resolve(import.meta.dirname, '../../..');

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-secret-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const code = (value: string) => expect.objectContaining({ code: value });
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the data directory', () => {
  it('is made with its parents, for its user alone', () => {
    const data = join(dir, 'a', 'data');
    prepareDataDir(data);
    prepareDataDir(data);
    expect(modeOf(data)).toBe(0o700);
  });

  it.each([0o750, 0o705, 0o755, 0o701])('is refused where others may open it: mode %o', (mode) => {
    chmodSync(dir, mode);
    expect(() => prepareDataDir(dir)).toThrow(code('config.data_dir_open_to_others'));
    expect(modeOf(dir)).toBe(mode);
  });

  it.each(['', 'data', 'src/data', '..data', '...'])(
    'is refused inside the clone, and nothing is made there: “%s”',
    (below) => {
      const data = join(CLONE, below);
      const before = existsSync(data);
      expect(() => prepareDataDir(data)).toThrow(code('config.data_dir_inside_clone'));
      expect(existsSync(data)).toBe(before);
    },
  );

  it('is refused where a link leads into the clone', () => {
    const link = join(dir, 'link');
    symlinkSync(join(CLONE, 'src'), link);
    expect(() => prepareDataDir(link)).toThrow(code('config.data_dir_inside_clone'));
    expect(() => prepareDataDir(join(link, 'new', 'data'))).toThrow(
      code('config.data_dir_inside_clone'),
    );
    expect(existsSync(join(CLONE, 'src', 'new'))).toBe(false);
  });

  it('may lie beside the clone with a name that begins like it', () => {
    const beside = join(dir, 'data');
    prepareDataDir(beside);
    expect(existsSync(beside)).toBe(true);
  });

  it('is named with its key where it is a file, or below one', () => {
    const file = join(dir, 'file');
    writeFileSync(file, '');
    for (const data of [file, join(file, 'data')]) {
      expect(() => prepareDataDir(data)).toThrow(
        expect.objectContaining({
          code: 'config.invalid',
          detail: expect.stringContaining(`CHARTFOLD_DATA_DIR: ${data}`),
        }),
      );
    }
  });
});

describe('the folder of the backups', () => {
  it('is made at the start, and named with its key where it is a file, or nobody can make it', () => {
    prepareBackupDir(join(dir, 'backups'));
    prepareBackupDir(join(dir, 'backups'));
    expect(modeOf(join(dir, 'backups'))).toBe(0o700);
    writeFileSync(join(dir, 'file'), '');
    for (const folder of [join(dir, 'file'), join(dir, 'file', 'below')])
      expect(() => prepareBackupDir(folder)).toThrow(
        expect.objectContaining({
          code: 'config.invalid',
          detail: expect.stringContaining(`CHARTFOLD_BACKUP_DIR: ${folder}`),
        }),
      );
  });
});

describe('the root key', () => {
  const configured = (env: Record<string, string> = {}) =>
    readConfig({ CHARTFOLD_SECRET_FILE: join(dir, 'conf', 'secret'), ...env });

  const rootOf = ({ secret }: ReturnType<typeof rootSecret>) =>
    'roots' in secret ? secret.roots : [];

  it('is made once, for its user alone, and is the same at the next start', () => {
    const first = rootSecret(configured(), false);
    const file = join(dir, 'conf', 'secret');
    expect(first.madeNow).toBe(file);
    expect(modeOf(file)).toBe(0o600);
    expect(modeOf(join(dir, 'conf'))).toBe(0o700);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(rootOf(rootSecret(configured(), true))).toEqual(rootOf(first));
    expect(rootSecret(configured(), true).madeNow).toBeNull();
  });

  it('is another on another instance', () => {
    const other = join(dir, 'other');
    const one = rootOf(rootSecret(configured(), false));
    const another = rootOf(rootSecret(configured({ CHARTFOLD_SECRET_FILE: other }), false));
    expect(another).toHaveLength(1);
    expect(another).not.toEqual(one);
  });

  it('is never made anew where data exists that it could not open', () => {
    expect(() => rootSecret(configured(), true)).toThrow(code('keys.secret_missing'));
    expect(existsSync(join(dir, 'conf'))).toBe(false);
  });

  it('given in the environment leaves no file', () => {
    const given = rootSecret(configured({ CHARTFOLD_SECRET: 'AB'.repeat(32) }), false);
    expect(rootOf(given)).toEqual([Buffer.alloc(32, 0xab)]);
    expect(given.madeNow).toBeNull();
    expect(existsSync(join(dir, 'conf'))).toBe(false);
  });

  it.each(['', 'ab', 'xyz'.repeat(30), `${'ab'.repeat(32)} and more`])(
    'is refused, and its file left as it is, where it reads “%s”',
    (content) => {
      const file = join(dir, 'secret');
      writeFileSync(file, content, { mode: 0o600 });
      const config = configured({ CHARTFOLD_SECRET_FILE: file });
      expect(() => rootSecret(config, false)).toThrow(code('store.bad_key_format'));
      expect(readFileSync(file, 'utf8')).toBe(content);
    },
  );

  it('is named with its key where its file cannot be read or written', () => {
    mkdirSync(join(dir, 'folder'));
    writeFileSync(join(dir, 'file'), '');
    for (const file of [join(dir, 'folder'), join(dir, 'file', 'secret')]) {
      expect(() => rootSecret(configured({ CHARTFOLD_SECRET_FILE: file }), false)).toThrow(
        expect.objectContaining({
          code: 'config.invalid',
          detail: expect.stringContaining(`CHARTFOLD_SECRET_FILE: ${file}`),
        }),
      );
    }
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o666, 0o444])(
    'is refused where others may read or change its file: mode %o',
    (mode) => {
      const file = join(dir, 'secret');
      writeFileSync(file, 'ab'.repeat(32));
      chmodSync(file, mode);
      const config = configured({ CHARTFOLD_SECRET_FILE: file });
      expect(() => rootSecret(config, false)).toThrow(code('config.secret_open_to_others'));
    },
  );

  it.each([0o770, 0o707, 0o777])(
    'is refused where others may put another file in its place: folder of mode %o',
    (mode) => {
      const folder = join(dir, 'conf');
      const config = configured();
      rootSecret(config, false);
      chmodSync(folder, mode);
      expect(() => rootSecret(config, true)).toThrow(code('config.secret_open_to_others'));
    },
  );

  it('may lie in a folder in which nobody replaces another’s file, and in one that others can look into', () => {
    const config = configured();
    rootSecret(config, false);
    for (const mode of [0o1777, 0o755]) {
      chmodSync(join(dir, 'conf'), mode);
      expect(rootSecret(config, true).madeNow).toBeNull();
    }
  });

  it('may be a file that an engine mounts for reading: of the administrator, who reads it anyway', () => {
    const mounted = { uid: 0, mode: 0o100444 };
    expect(whyOpenToOthers(mounted, 1000)).toBeNull();
    expect(whyOpenToOthers({ ...mounted, mode: 0o100446 }, 1000)).toMatch(/changed/);
    expect(whyOpenToOthers(mounted, 0)).toMatch(/read/);
    expect(whyOpenToOthers({ uid: 1000, mode: 0o100444 }, 1000)).toMatch(/read/);
  });

  it('is refused inside the clone, and none is made there', () => {
    const file = join(CLONE, 'not-here', 'secret');
    const config = configured({ CHARTFOLD_SECRET_FILE: file });
    expect(() => rootSecret(config, false)).toThrow(code('config.secret_beside_data'));
    expect(existsSync(join(CLONE, 'not-here'))).toBe(false);
  });

  it('is refused inside the data directory, a link followed, where a copy of the data would bring it along', () => {
    mkdirSync(join(dir, 'data'));
    symlinkSync(join(dir, 'data'), join(dir, 'link'));
    for (const folder of ['data', 'link']) {
      const config = configured({
        CHARTFOLD_DATA_DIR: join(dir, 'data'),
        CHARTFOLD_SECRET_FILE: join(dir, folder, 'secret'),
      });
      expect(() => rootSecret(config, false)).toThrow(code('config.secret_beside_data'));
    }
  });
});

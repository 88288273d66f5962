// Proves backups of a whole instance in use: what one gives back, what is found in a damaged one or a damaged store, which
// are kept, and what a process that is killed leaves.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../../e2e/support/program.ts';
import { ensureOwner } from '../../access/accounts.ts';
import { beginPasskeySignIn } from '../../access/passkeys.ts';
import { newLink, signInByLink } from '../../access/sessions.ts';
import { type Audit, createAudit } from '../../access/audit.ts';
import { ensureRings } from '../../keys/keyring.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import {
  databaseFile,
  type KeyedStore,
  openKeyedStore,
} from '../../platform/keychain/open-keyed.ts';
import { silentLog } from '../../platform/log.ts';
import { createSealer } from '../../platform/seal.ts';
import { observations, openScene } from '../../records/contract-aids.ts';
import { type Backups, backupStatus, createBackups } from './backups.ts';
import { readKit } from './kit.ts';
import { restoreBackup } from './restore.ts';

const ROOT = new Uint8Array(32).fill(1);
const SIZE = 600;
const DAY_MS = 24 * 3_600_000;

let directory: string;
let dataDir: string;
let folder: string;
let opened: KeyedStore;
let audit: Audit & { stop(): Promise<void> };
let now: number;
const clock: Clock = { ...systemClock, now: () => now };

beforeEach(async () => {
  now = Date.UTC(2026, 10, 25, 12);
  directory = mkdtempSync(join(tmpdir(), 'chartfold-backup-'));
  dataDir = join(directory, 'data');
  folder = join(directory, 'backups');
  mkdirSync(join(dataDir, 'run'), { recursive: true, mode: 0o700 });
  opened = await openKeyedStore({ dataDir, roots: [ROOT], migrations });
  const { store, keychain } = opened;
  await ensureRings(store.db, createSealer(keychain.seal), clock);
  const { commit } = await openScene(async () => store);
  await commit(observations(SIZE));
  audit = createAudit({ db: store.db, clock, log: silentLog, key: keychain.audit });
  for (let n = 0; n < 5; n += 1) await act();
});
afterEach(async () => {
  await audit.stop();
  await opened.store.close();
  rmSync(directory, { recursive: true });
});

const act = () =>
  audit.act({
    door: 'terminal',
    accountId: null,
    act: 'instance.backup',
    personId: null,
    origin: 'Terminal',
    detail: {},
  });

function backups(backup: { keep?: number; every?: number } = {}, of = clock): Backups {
  const config = { dataDir, backup: { folder, every: 24, keep: 14, ...backup } };
  const { store, keychain } = opened;
  return createBackups({
    db: store.db,
    clock: of,
    log: silentLog,
    audit,
    config,
    keychain,
    program: '1',
  });
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}

describe('a backup', () => {
  it('made while the store is written to is proven, noted, and its user’s alone', async () => {
    const made = backups();
    let isMade = false;
    const writing = (async () => {
      while (!isMade) {
        await act();
        // The queries alone never let the worker's word come.
        await nextTurn();
      }
    })();
    const { file, bytes, manifest } = await made.create();
    isMade = true;
    await writing;
    expect(manifest.counts).toMatchObject({ resource_version: SIZE, signing_key: 4 });
    expect(manifest.audit.seq).toBe(manifest.counts.audit_line);
    expect(manifest.migrations).toEqual(Object.keys(migrations).sort());
    expect(statSync(file)).toMatchObject({ size: bytes });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['chartfold-20261125T120000Z.backup']);
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    const at = '2026-11-25T12:00:00.000Z';
    expect(await backupStatus(opened.store.db)).toEqual({
      last: {
        name: 'chartfold-20261125T120000Z.backup',
        made_at: at,
        bytes,
        proven_at: at,
        fault: null,
      },
      provenAt: at,
    });
  });

  it('gives everything back with the kit, under the root key of another machine', async () => {
    const made = backups();
    const { file } = await made.create();
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    const root = new Uint8Array(32).fill(9);
    const recovery = readKit(made.kit().join('\n'));
    const manifest = restoreBackup({ file, recovery, dataDir: elsewhere, root });
    expect(manifest.counts.resource_version).toBe(SIZE);
    const again = await openKeyedStore({ dataDir: elsewhere, roots: [root], migrations });
    const bodies = (db: KeyedStore['store']['db']) =>
      db.selectFrom('body').selectAll().orderBy('seq').execute();
    expect(await bodies(again.store.db)).toEqual(await bodies(opened.store.db));
    expect(again.keychain).toEqual(opened.keychain);
    await again.store.close();
    expect(() => restoreBackup({ file, recovery, dataDir: elsewhere, root })).toThrow(
      expect.objectContaining({ code: 'store.not_empty' }),
    );
  });

  it('signs nobody in where it is restored: sessions, links and challenges stay behind', async () => {
    const { db } = opened.store;
    const owner = await ensureOwner(db, clock);
    const link = await newLink(db, clock, owner.id);
    const visitor = { address: '192.0.2.1', device: 'Firefox', deviceKey: null };
    await signInByLink(db, clock, link, visitor);
    await newLink(db, clock, owner.id);
    await beginPasskeySignIn(db, clock, { id: 'localhost', origin: 'http://localhost:4200' });
    const made = backups();
    const { file } = await made.create();
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    restoreBackup({ file, recovery: opened.keychain.recovery, dataDir: elsewhere, root: ROOT });
    expect(readdirSync(elsewhere).sort()).toEqual(['chartfold.sqlite', 'keys.first']);
    const again = await openKeyedStore({ dataDir: elsewhere, roots: [ROOT], migrations });
    for (const table of ['session', 'sign_in_link', 'sign_in_challenge'] as const)
      expect(await again.store.db.selectFrom(table).selectAll().execute(), table).toEqual([]);
    expect(await again.store.db.selectFrom('account').select('id').execute()).toHaveLength(1);
    await again.store.close();
  });

  it('holds none of its text in clear', async () => {
    const { file } = await backups().create();
    const bytes = readFileSync(file);
    for (const text of ['Observation', 'sqlite', 'instance.backup', opened.keychain.database])
      expect(bytes.includes(text)).toBe(false);
  });

  it('that is damaged is not proven, by its chunk, and that is noted', async () => {
    const made = backups();
    const { file } = await made.create();
    flip(file, Math.floor(statSync(file).size / 2));
    await expect(made.prove()).rejects.toMatchObject({
      code: 'backup.damaged',
      detail: expect.stringMatching(/^chunk \d of \d: changed/),
    });
    expect((await backupStatus(opened.store.db)).last?.fault).toBe('backup.damaged');
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
  });

  it('of another instance is told as such, and one that is none', async () => {
    const { file } = await backups().create();
    const other = { ...opened.keychain, recovery: new Uint8Array(32) };
    const options = { dataDir: join(directory, 'new'), root: ROOT };
    mkdirSync(options.dataDir);
    expect(() => restoreBackup({ ...options, file, recovery: other.recovery })).toThrow(
      expect.objectContaining({ code: 'backup.other_kit' }),
    );
    expect(() =>
      restoreBackup({ ...options, file: databaseFile(dataDir), recovery: other.recovery }),
    ).toThrow(expect.objectContaining({ code: 'backup.not_one' }));
    expect(readdirSync(options.dataDir)).toEqual([]);
  });

  it('that is good is never removed because newer ones are damaged or gone', async () => {
    const made = backups({ keep: 2 });
    const next = async () => {
      now += DAY_MS;
      return (await made.create()).file;
    };
    const good = await next();
    for (let n = 0; n < 2; n += 1) {
      const file = await next();
      flip(file, statSync(file).size - 40);
      await expect(made.prove(file)).rejects.toMatchObject({ code: expect.any(String) });
    }
    const gone = await next();
    expect(existsSync(good)).toBe(true);
    rmSync(gone);
    await next();
    expect(existsSync(good)).toBe(true);
    await next();
    expect(existsSync(good)).toBe(false);
  });

  it('that fails by itself leaves a line in the audit', async () => {
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'a file');
    const timed = backups(
      {},
      { ...clock, wait: async (ms, signal) => systemClock.wait(Math.min(ms, 50), signal) },
    );
    timed.start();
    await expect
      .poll(async () => (await audit.lines({ all: true, limit: 1 }))[0]?.detail, {
        timeout: 10_000,
      })
      .toMatchObject({ what: 'scheduled backup', refused: 'output.not_written' });
    await timed.stop();
  });

  it('is kept as long as there is room in the number, the last proven one always', async () => {
    const made = backups({ keep: 2 });
    const hour = () => (now += 3_600_000);
    const { file: first } = await made.create();
    hour();
    await made.create();
    hour();
    await made.create();
    expect(readdirSync(folder)).toHaveLength(2);
    expect(readdirSync(folder)).not.toContain(first);
    // Two that could not be proven come after it.
    const [, last = ''] = readdirSync(folder).sort();
    const row = { bytes: 1, proven_at: null, fault: 'backup.damaged' };
    await opened.store.db
      .insertInto('backup')
      .values([
        { name: 'later-1', made_at: '2027-01-01T00:00:00.000Z', ...row },
        { name: 'later-2', made_at: '2027-01-02T00:00:00.000Z', ...row },
      ])
      .execute();
    hour();
    flip(join(folder, last), 200);
    await made.prove(join(folder, last)).catch(() => undefined);
    await made.create();
    const names = (await opened.store.db.selectFrom('backup').select('name').execute()).map(
      (r) => r.name,
    );
    expect(names.sort()).toEqual([
      'chartfold-20261125T130000Z.backup',
      'chartfold-20261125T150000Z.backup',
      'later-1',
      'later-2',
    ]);
  });

  it('is made by itself, a while after the start and then every so often', async () => {
    let waited: number[] = [];
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    const moving: Clock = {
      now: () => now,
      wait: async (ms, signal) => {
        signal?.throwIfAborted();
        waited = [...waited, ms];
        now += ms;
        // 24 hours later, and a little.
        if (waited.length > 27) {
          resolve();
          await new Promise((_, reject) =>
            signal?.addEventListener('abort', () => reject(signal.reason)),
          );
        }
      },
    };
    const made = backups({ every: 24 }, moving);
    made.start();
    await enough;
    await made.stop();
    expect(waited[0]).toBe(5 * 60_000);
    expect(readdirSync(folder).sort()).toEqual([
      'chartfold-20261125T120500Z.backup',
      'chartfold-20261126T120500Z.backup',
    ]);
  });
});

describe('a backup under way when the program ends', () => {
  it('is broken off, and the next start makes one', async () => {
    const made = backups();
    const making = made.create();
    const ended = expect(making).rejects.toThrow('stopping');
    await made.stop();
    await ended;
    expect(await backupStatus(opened.store.db)).toEqual({ last: null, provenAt: null });
    const { file } = await backups().create();
    expect(readdirSync(folder).map((name) => join(folder, name))).toContain(file);
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
  });
});

describe('a store that is verified', () => {
  it('is told whole, with what was looked at', async () => {
    const { faults, versions, auditLines, sealed } = await backups().verify([]);
    expect({ faults, versions, auditLines, sealed }).toEqual({
      faults: [],
      versions: SIZE,
      auditLines: 5,
      sealed: 4,
    });
  });

  it('names a text that is another, one that can’t be unpacked, and one that is missing', async () => {
    const { db } = opened.store;
    const packs = await db.selectFrom('body').select(['seq', 'count']).orderBy('seq').execute();
    const [first, second, third, fourth] = packs;
    await sql`update body set bytes = (select bytes from body where seq = ${second?.seq})
      where seq = ${first?.seq}`.execute(db);
    await sql`update body set bytes = x'00' where seq = ${third?.seq}`.execute(db);
    await sql`delete from body where seq = ${fourth?.seq}`.execute(db);
    const all = (pack: typeof first, what: string) =>
      Array.from({ length: pack?.count ?? 0 }, (_, n) => ({
        place: `version ${(pack?.seq ?? 0) + n}`,
        what,
      }));
    expect((await backups().verify([])).faults).toEqual([
      ...all(first, 'its text is not what was received'),
      ...all(third, 'its text can’t be unpacked'),
      ...all(fourth, 'its text is missing'),
    ]);
    await expect(backups().create()).rejects.toMatchObject({
      code: 'backup.not_proven',
      detail: 'version 1: its text is not what was received',
    });
  });

  it('names a line of audit that was changed, and a sealed value that was exchanged', async () => {
    const { db } = opened.store;
    await sql`drop trigger if exists audit_line_no_update`.execute(db);
    await sql`update audit_line set origin = 'elsewhere' where seq = 3`.execute(db);
    const [one, other] = await db.selectFrom('signing_key').selectAll().orderBy('kid').execute();
    await db
      .updateTable('signing_key')
      .set({ private_key: other?.private_key ?? one!.private_key })
      .where('kid', '=', one?.kid ?? '')
      .execute();
    const { faults } = await backups().verify([]);
    expect(faults).toContainEqual({ place: 'audit line 3', what: 'changed' });
    expect(faults).toContainEqual({ place: `signing_key/${one?.kid}`, what: 'seal.broken' });
  });

  it('with a bit flipped anywhere in its file is refused at the start, or names it', async () => {
    await opened.store.close();
    const file = databaseFile(dataDir);
    const whole = readFileSync(file);
    for (let n = 0; n < 25; n += 1) {
      const at = Math.floor(Math.random() * whole.length);
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (1 << (n % 8));
      writeFileSync(file, changed);
      const seen = await openKeyedStore({ dataDir, roots: [ROOT], migrations }).then(
        async ({ store, keychain }) => {
          opened = { ...opened, store, keychain };
          const { faults } = await backups()
            .verify([])
            .finally(() => store.close());
          return faults.map(({ what }) => what);
        },
        (error: { code: string }) => [error.code],
      );
      expect(seen, `byte ${at}`).not.toEqual([]);
    }
    writeFileSync(file, whole);
    opened = await openKeyedStore({ dataDir, roots: [ROOT], migrations });
    audit = createAudit({ db: opened.store.db, clock, log: silentLog, key: opened.keychain.audit });
  }, 60_000);
});

describe('a process that is killed while it makes a backup', () => {
  it('leaves the store whole, no half of a backup, and nothing after the next one', async () => {
    await opened.store.close();
    const program = join(import.meta.dirname, 'kill.fixture.ts');
    let ended = false;
    for (let n = 1; !ended; n += 1) {
      const child = spawn(process.execPath, [program, dataDir, folder, String(n)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect(signal === 'SIGKILL' || code === 0).toBe(true);
      ended = code === 0;
    }
    opened = await openKeyedStore({ dataDir, roots: [ROOT], migrations });
    audit = createAudit({ db: opened.store.db, clock, log: silentLog, key: opened.keychain.audit });
    const made = backups();
    expect((await made.verify([])).faults).toEqual([]);
    const whole = readdirSync(folder).filter((name) => name.endsWith('.backup'));
    for (const name of whole) await made.prove(join(folder, name));
    await made.create();
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.backup'))).toEqual([]);
  }, 60_000);
});

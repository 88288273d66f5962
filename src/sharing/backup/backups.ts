// Owns the backups of this instance: made while it runs, proven after each, listed, rotated, made again in time.

import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Selectable } from 'kysely';
import type { Audit } from '../../access/audit.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Config } from '../../platform/config/read.ts';
import type { Db } from '../../platform/db/db.ts';
import { asChartfoldError, ChartfoldError, type ErrorCode } from '../../platform/errors.ts';
import type { Keychain } from '../../platform/keychain/keychain.ts';
import type { Log } from '../../platform/log.ts';
import type { Manifest } from './contents.ts';
import { kitRows } from './kit.ts';
import type { BackupTable } from './tables.ts';
import type { Verified } from './verify.ts';
import { runTask } from './worker.ts';

export type Backups = {
  /**
   * Makes a backup and proves it; those beyond what is kept are removed.
   * @param folder another one than the configured; nothing is removed there
   * @throws backup.not_proven, store.disk_full, store.not_writable, output.not_written
   */
  create(folder?: string): Promise<Proven & { bytes: number }>;
  /**
   * Proves that a backup gives back what was put in; the last one made unless a file is named.
   * @throws backup.not_found, backup.not_proven, backup.damaged, backup.other_kit, store.disk_full
   */
  prove(file?: string): Promise<Proven>;
  /** Looks for damage in the store, in a thread of its own. */
  verify(checkpoints: readonly string[]): Promise<Verified>;
  /** The rows of the recovery kit. */
  kit(): string[];
  /** Makes one every so often, the first a while after the start, until `stop`. */
  start(): void;
  /** Breaks off what is under way. */
  stop(): Promise<void>;
};

export type Proven = {
  readonly file: string;
  readonly manifest: Manifest;
  readonly provenAt: string;
};

export type BackupStatus = {
  readonly last: Selectable<BackupTable> | null;
  /** When a backup was last proven to give back what was put in. */
  readonly provenAt: string | null;
};

const OF_THE_DISK: ReadonlySet<ErrorCode> = new Set(['store.disk_full', 'store.not_writable']);
/** What the audit calls a backup that the server makes by itself, and where it comes from. */
export const SCHEDULED_BACKUP = 'scheduled backup';
export const SCHEDULE = 'Schedule';

const HOUR_MS = 3_600_000;
/** A start has other things to do. */
const FIRST_WAIT_MS = 5 * 60_000;

/** When the last backup was made, and when one was last proven. */
export async function backupStatus(db: Db): Promise<BackupStatus> {
  const rows = await db.selectFrom('backup').selectAll().orderBy('made_at', 'desc').execute();
  const proven = rows.map((row) => row.proven_at ?? '').sort();
  return { last: rows[0] ?? null, provenAt: proven.at(-1) || null };
}

type Context = {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: Pick<Audit, 'flush' | 'act'>;
  readonly config: Pick<Config, 'dataDir' | 'backup'>;
  readonly keychain: Keychain;
  /** Version of the program. */
  readonly program: string;
};

type Running = Context & { readonly signal: AbortSignal };

export function createBackups(given: Context): Backups {
  const ending = new AbortController();
  const context: Running = { ...given, signal: ending.signal };
  const { db, keychain, config } = context;
  const { dataDir, backup } = config;
  let running: Promise<void> = Promise.resolve();
  return {
    create: (folder) => create(context, folder ?? backup.folder),
    async prove(file) {
      const { last } = await backupStatus(db);
      if (file === undefined && last === null) throw new ChartfoldError('backup.not_found');
      return prove(context, file ?? fileOf(backup.folder, last?.name ?? ''));
    },
    async verify(checkpoints) {
      await context.audit.flush();
      return runTask('verify', { dataDir, keychain, checkpoints }, ending.signal);
    },
    kit: () => kitRows(keychain.recovery),
    start() {
      if (backup.every === 0) return;
      running = everySoOften(context).catch((error) => {
        if (!ending.signal.aborted) context.log.error('backup.failed', error);
      });
    },
    async stop() {
      ending.abort(new DOMException('stopping', 'AbortError'));
      await running;
    },
  };
}

async function create(context: Running, folder: string): Promise<Proven & { bytes: number }> {
  const { db, clock, config, keychain, program } = context;
  await context.audit.flush();
  const madeAt = isoTime(clock.now());
  const file = join(folder, `chartfold-${madeAt.replaceAll(/[-:]|\.\d+/g, '')}.backup`);
  const { dataDir, backup } = config;
  const task = { dataDir, keychain, file, madeAt, program };
  const bytes = await runTask('make', task, context.signal);
  const row = { made_at: madeAt, bytes, proven_at: null, fault: null };
  await db
    .insertInto('backup')
    .values({ name: nameOf(backup.folder, file), ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
  try {
    return { ...(await prove(context, file)), bytes };
  } finally {
    // After a failed proof too: it is tried again, and those would fill the disk.
    if (folder === backup.folder && !context.signal.aborted) await rotate(context);
  }
}

async function prove(context: Running, file: string): Promise<Proven> {
  const { db, clock, keychain, config } = context;
  const note = (set: { proven_at?: string; fault: string | null }) =>
    db
      .updateTable('backup')
      .set(set)
      .where('name', '=', nameOf(config.backup.folder, file))
      .execute();
  try {
    const task = { dataDir: config.dataDir, keychain, file };
    const manifest = await runTask('prove', task, context.signal);
    const provenAt = isoTime(clock.now());
    await note({ proven_at: provenAt, fault: null });
    return { file, manifest, provenAt };
  } catch (error) {
    // A proof that was broken off, or for which the disk has no room, says nothing of the backup.
    const { code } = asChartfoldError(error);
    if (!context.signal.aborted && !OF_THE_DISK.has(code)) await note({ fault: code });
    throw error;
  }
}

/**
 * The oldest go. Only those count as kept that were proven and are there: none of them goes because newer ones are damaged
 * or gone. Of the others as many stay listed, since a disk may come back.
 */
async function rotate({ db, config: { backup } }: Context): Promise<void> {
  const ours = await ownBackups(db);
  const isGood = (row: (typeof ours)[number]) =>
    isProven(row) && existsSync(fileOf(backup.folder, row.name));
  const good = ours.filter(isGood);
  const rest = ours.filter((row) => !good.includes(row));
  for (const { name } of [...good.slice(backup.keep), ...rest.slice(backup.keep)]) {
    rmSync(fileOf(backup.folder, name), { force: true });
    await db.deleteFrom('backup').where('name', '=', name).execute();
  }
}

/** Those in the configured folder, the latest first. */
async function ownBackups(db: Db): Promise<Selectable<BackupTable>[]> {
  const rows = await db.selectFrom('backup').selectAll().orderBy('made_at', 'desc').execute();
  return rows.filter(({ name }) => basename(name) === name);
}

function isProven(row: Selectable<BackupTable>): boolean {
  return row.proven_at !== null && row.fault === null;
}

async function everySoOften(context: Running): Promise<void> {
  const { db, clock, log, config, signal } = context;
  const everyMs = config.backup.every * HOUR_MS;
  await clock.wait(FIRST_WAIT_MS, signal);
  for (;;) {
    // One that was put elsewhere may be out of reach by now, and one that could not be proven is none.
    const last = (await ownBackups(db)).find(isProven);
    if (!last || Date.parse(last.made_at) + everyMs <= clock.now()) {
      await create(context, config.backup.folder).then(
        () => log.info('backup.made'),
        async (error) => {
          if (signal.aborted) return;
          log.error('backup.failed', error);
          await tellFailure(context, asChartfoldError(error).code);
        },
      );
    }
    await clock.wait(Math.min(HOUR_MS, everyMs), signal);
  }
}

/** Nobody sees the log of a server that runs by itself; the owner sees the audit, and from it the settings. */
async function tellFailure({ audit, log }: Running, refused: ErrorCode): Promise<void> {
  const act = 'instance.backup' as const;
  const detail = { what: SCHEDULED_BACKUP, refused };
  await audit
    .act({ door: 'terminal', accountId: null, act, personId: null, origin: SCHEDULE, detail })
    .catch((error) => log.error('audit.write_failed', error));
}

/** In the configured folder by its name alone, so that the folder can move. */
function nameOf(folder: string, file: string): string {
  return dirname(file) === folder ? basename(file) : file;
}

function fileOf(folder: string, name: string): string {
  return basename(name) === name ? join(folder, name) : name;
}

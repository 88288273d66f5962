// Owns waiting for the disk, beside the main loop: SQLite itself would stop the thread that writes, for as long as a busy
// disk takes.

import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type Database from 'better-sqlite3-multiple-ciphers';

/** The write-ahead log of an open database. */
export type Log = {
  /** Resolves when all that was committed before is on the disk. */
  saved(): Promise<void>;
  /**
   * Begins the log anew, where all of it is written back and nobody reads it; else it goes on. Nobody may write
   * meanwhile.
   */
  beginAnew(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
};

/** @param file of the database, which is in WAL mode, in memory: null */
export function logOf(writer: Database.Database, file: string | null): Log {
  let handle: number | undefined;
  let underWay: Promise<unknown> = Promise.resolve();
  const saved = async () => {
    if (file === null) return;
    // To flush a file takes the right to write it on Windows. It is the same file until the database is closed.
    handle ??= openSync(`${file}-wal`, 'r+');
    const flushed = promisify(fdatasync)(handle);
    underWay = flushed.catch(() => undefined);
    await flushed;
  };
  return {
    saved,
    async beginAnew() {
      // The first write of a log waits for its header: had frames after it reached the disk sooner, the old header would
      // vouch for a part of the old ones (https://sqlite.org/src/info/ff5be73dee). One page is written here, without
      // waiting, and nothing after it until it is on the disk: whatever part of the two is, no frame counts or all do.
      writer.pragma('synchronous=OFF');
      try {
        writer.pragma(`user_version=${writer.pragma('user_version', { simple: true })}`);
      } finally {
        writer.pragma('synchronous=NORMAL');
      }
      await saved();
    },
    async close() {
      await underWay;
      if (handle !== undefined) closeSync(handle);
      handle = undefined;
    },
  };
}

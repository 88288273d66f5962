// Owns writing the log back into the database file, beside the main loop: each time that is megabytes and a wait for the
// disk. Done in a thread of its own, through a connection that does nothing else (law L9).

import { statSync } from 'node:fs';
import type Database from 'better-sqlite3-multiple-ciphers';
import { offThread, serveTasks } from '../../off-thread.ts';
import { openRaw } from './raw.ts';

type Named = { readonly file: string; readonly keyHex: string };

/** In the thread: the connections that write back, by their file. */
const connections = new Map<string, Database.Database>();

const tasks = {
  writeBack({ file, keyHex }: Named) {
    const raw = connections.get(file) ?? openRaw(file, keyHex);
    connections.set(file, raw);
    raw.pragma('wal_checkpoint(PASSIVE)');
    return { value: null };
  },
  close({ file }: Pick<Named, 'file'>) {
    connections.get(file)?.close();
    connections.delete(file);
    return { value: null };
  },
};
const thread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);

/** What the log may grow to before it is written back. */
const worthwhileBytes = 8 * 1024 * 1024;
const pageBytes = 8 * 1024;
/** In pages: where the thread does not keep up, or has died, the writer does it itself. */
const writersOwn = 8_000;
/** After each so many commits the log's size is looked at. */
const commitsBetween = 8;

export type WriteBack = {
  /** To be called after each commit; it returns at once. */
  committed(): void;
  /** Ends the thread's connection; the writer's is the last then, and leaves no log. */
  close(): Promise<void>;
};

/** Begins to write the log of an open database back beside its writer. */
export function writeBackBeside(writer: Database.Database, named: Named): WriteBack {
  writer.pragma(`wal_autocheckpoint=${writersOwn}`);
  // A log that has grown larger still gives its room back when it begins anew. It is the writer who cuts it then and who
  // waits for the disk, so what it grows to again and again is left to it.
  writer.pragma(`journal_size_limit=${writersOwn * pageBytes}`);
  let commits = 0;
  let underWay: Promise<unknown> | null = null;
  return {
    committed() {
      commits += 1;
      if (underWay || commits % commitsBetween !== 0) return;
      const { size } = statSync(`${named.file}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
      if (size < worthwhileBytes) return;
      // What goes wrong there goes wrong for the writer too, who says so.
      underWay = thread
        .run('writeBack', named)
        .catch(() => undefined)
        .finally(() => {
          underWay = null;
        });
    },
    async close() {
      await underWay;
      await thread.run('close', named).catch(() => undefined);
    },
  };
}

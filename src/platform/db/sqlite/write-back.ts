// Owns writing the log back into the database file, beside the main loop: each time that is megabytes and a wait for the
// disk. Done in a thread of its own, through a connection that does nothing else (law L9).

import { statSync } from 'node:fs';
import type Database from 'better-sqlite3-multiple-ciphers';
import { offThread, serveTasks } from '../../off-thread.ts';
import type { Log } from './log.ts';
import { openRaw } from './raw.ts';

/** How long the log was, and how much of it is written back. */
type Pages = { readonly log: number; readonly checkpointed: number };

type Named = { readonly file: string; readonly keyHex: string };

/** In the thread: the connections that write back, by their file. */
const connections = new Map<string, Database.Database>();

const tasks = {
  writeBack({ file, keyHex }: Named) {
    const raw = connections.get(file) ?? openRaw(file, keyHex);
    connections.set(file, raw);
    const [told] = raw.pragma('wal_checkpoint(PASSIVE)') as [Pages];
    return { value: { log: told.log, checkpointed: told.checkpointed } };
  },
  close({ file }: Pick<Named, 'file'>) {
    connections.get(file)?.close();
    connections.delete(file);
    return { value: null };
  },
};
const thread = offThread<typeof tasks>(import.meta.url, { isNeeded: true });
serveTasks(import.meta.url, tasks);

/** What the log may grow to before it is written back. */
const worthwhileBytes = 8 * 1024 * 1024;
const pageBytes = 8 * 1024;
/**
 * In pages: from here on the log is made to begin anew. It does so only where a writer finds all of it written back, and
 * one that goes on writing never does: so writers wait, beside the loop, for the last of it.
 */
const longEnough = 3_000;
/** In pages: where the thread has died, or somebody reads for long, the writer does it itself, and the loop with it. */
const writersOwn = 8_000;
/** After each so many commits the log's size is looked at. */
const commitsBetween = 8;

export type WriteBack = {
  /** To be called after each commit; it returns at once. */
  committed(): void;
  /** Ends the thread's connection; the writer's is the last then, and leaves no log. */
  close(): Promise<void>;
};

/**
 * Begins to write the log of an open database back beside its writer.
 * @param withoutWriters does some work while nobody writes
 */
export function writeBackBeside(
  writer: Database.Database,
  log: Log,
  named: Named,
  withoutWriters: (work: () => Promise<unknown>) => Promise<unknown>,
): WriteBack {
  writer.pragma(`wal_autocheckpoint=${writersOwn}`);
  // A log that has grown larger still gives its room back when it begins anew. It is the writer who cuts it then and who
  // waits for the disk, so what it grows to again and again is left to it.
  writer.pragma(`journal_size_limit=${writersOwn * pageBytes}`);
  let commits = 0;
  let underWay: Promise<unknown> | null = null;
  const writeBack = () => thread.run('writeBack', named);
  const writeBackAll = async () => {
    const { log: pages, checkpointed } = await writeBack();
    // A longer one the next writer writes back and begins anew by itself.
    if (checkpointed === pages && pages < writersOwn) await log.beginAnew();
  };
  const work = async () => {
    const { log: pages } = await writeBack();
    if (pages >= longEnough) await withoutWriters(writeBackAll);
  };
  return {
    committed() {
      commits += 1;
      if (underWay || commits % commitsBetween !== 0) return;
      const { size } = statSync(`${named.file}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
      if (size < worthwhileBytes) return;
      // What goes wrong there goes wrong for the writer too, who says so.
      underWay = work()
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

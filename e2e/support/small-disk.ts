// Owns a disk of a few megabytes for a test of what a full one does: a file system of its own, which only the administrator
// of a Linux machine can mount.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';

export type SmallDisk = {
  readonly path: string;
  /** Skips a test where there is no such disk. */
  needed(context: Pick<TestContext, 'skip'>): void;
  /** Fills it, but for so many bytes. */
  fillBut(bytes: number): void;
  /** Makes room again. */
  free(): void;
  remove(): void;
};

/** Mounts one, empty. */
export function smallDisk(megabytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'chartfold-full-'));
  const options = `size=${megabytes}m,mode=700`;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
  const isThere = mounted.status === 0;
  const filler = join(path, 'filler');
  return {
    path,
    needed({ skip }) {
      const why = 'a small disk can be mounted by the administrator of a Linux machine alone';
      skip(!isThere, why);
    },
    fillBut(bytes) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - bytes));
    },
    free: () => rmSync(filler, { force: true }),
    remove() {
      // Lazily: a test that failed may still have files open there.
      if (isThere) spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

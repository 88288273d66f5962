// Owns writing a small file so that after a crash or a power cut either the old one is there or the new one, whole.

import {
  closeSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file of this user alone (mode 600), whole or not at all; durable when it returns. */
export function writeDurably(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, content, { mode: 0o600, flag: 'wx', flush: true });
  renameDurably(temporary, file);
}

/** Writes all of the bytes: one write may take fewer. */
export function writeWhole(handle: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
}

/** Renames within a file system; durable when it returns. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  syncPath(dirname(to));
}

/** Waits until a file, or the names in a folder, are on the disk. */
export function syncPath(path: string): void {
  // Windows opens no folder, and keeps names in order by itself.
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

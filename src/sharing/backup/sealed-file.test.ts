// Proves the sealed file: it comes back whole, with its own key, and a bit changed, a chunk exchanged, left out or cut off
// is found and named.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSealed, writeSealed } from './sealed-file.ts';

const KEY = new Uint8Array(32).fill(3);
const CHUNK = 1 << 20;
const SEALED = CHUNK + 16;
const HEADER = 97;

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-sealed-'));
  file = join(dir, 'one.backup');
});
afterEach(() => rmSync(dir, { recursive: true }));

const read = (key = KEY) => Buffer.concat([...readSealed(file, key)]);

function write(bytes: Buffer, pieceLength = 300_000): void {
  rmSync(file, { force: true });
  function* pieces() {
    for (let at = 0; at < bytes.length; at += pieceLength)
      yield bytes.subarray(at, at + pieceLength);
  }
  writeSealed(file, KEY, pieces());
}

/** What reading the file with these bytes says. */
function faultOf(bytes: Buffer): { code: string; detail?: string } {
  writeFileSync(file, bytes);
  try {
    read();
  } catch (error) {
    return error as { code: string; detail?: string };
  }
  throw new Error('it was read');
}

describe('a sealed file', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])('of %i bytes comes back', (length) => {
    const bytes = randomBytes(length);
    write(bytes);
    expect(read().equals(bytes)).toBe(true);
    expect(readFileSync(file).length).toBe(
      HEADER + length + 16 * Math.max(1, Math.ceil(length / CHUNK)),
    );
  });

  it('shows nothing, and looks different each time', () => {
    write(Buffer.alloc(5_000, 'Sentinel'));
    const one = readFileSync(file);
    expect(one.includes('Sentinel')).toBe(false);
    write(Buffer.alloc(5_000, 'Sentinel'));
    expect(readFileSync(file).subarray(HEADER).equals(one.subarray(HEADER))).toBe(false);
  });

  it('does not open with another key, and says so', () => {
    write(randomBytes(100));
    expect(() => read(new Uint8Array(32).fill(4))).toThrow(
      expect.objectContaining({ code: 'backup.other_kit' }),
    );
  });

  it('with any bit changed is damaged, and names the chunk', () => {
    write(randomBytes(2 * CHUNK + 500));
    const whole = readFileSync(file);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const { code, detail } = faultOf(changed);
        if (at < 16) expect(code).toBe('backup.not_one');
        else {
          const chunk = Math.floor((at - HEADER) / SEALED) + 1;
          const place =
            at < HEADER ? 'the header' : `chunk ${chunk} of 3: changed, exchanged or cut off`;
          expect([code, detail]).toEqual(['backup.damaged', place]);
        }
      }),
      {
        numRuns: 150,
        examples: [
          [0, 0],
          [16, 0],
          [17, 0],
          [60, 3],
          [96, 7],
          [HEADER, 0],
        ],
      },
    );
  });

  it('whose chunks were exchanged, left out, doubled or cut off is damaged', () => {
    write(randomBytes(3 * CHUNK));
    const whole = readFileSync(file);
    const header = whole.subarray(0, HEADER);
    const chunk = (n: number) => whole.subarray(HEADER + n * SEALED, HEADER + (n + 1) * SEALED);
    const [a, b, c] = [chunk(0), chunk(1), chunk(2)];
    const fault = (...chunks: Buffer[]) => faultOf(Buffer.concat([header, ...chunks])).detail;
    expect(fault(b, a, c)).toMatch(/^chunk 1 of 3/);
    expect(fault(a, c)).toMatch(/^chunk 2 of 2/);
    expect(fault(a, b, b, c)).toMatch(/^chunk 3 of 4/);
    expect(fault(a, b)).toBe('chunk 2 of 2: the file is cut off after it');
    expect(fault(a, b, c.subarray(0, 1_000))).toMatch(/^chunk 3 of 3/);
    expect(fault()).toMatch(/^chunk 1 of 1/);
  });

  it('cut off within its header, or of another kind, is told as such', () => {
    write(randomBytes(100));
    const whole = readFileSync(file);
    expect(faultOf(whole.subarray(0, 50))).toMatchObject({
      code: 'backup.damaged',
      detail: 'the header is cut off',
    });
    expect(faultOf(Buffer.from('SQLite format 3'))).toMatchObject({ code: 'backup.not_one' });
  });
});

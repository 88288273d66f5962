// Proves that a body is as it was before it was packed, by either way, and what becomes of one that is damaged.

import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unpackBody, unpacking } from './content-coding.ts';

const plain = Buffer.from('565.60 µmol/L '.repeat(40_000));
const asItComes = (packed: Buffer, coding: string | null) =>
  buffer(unpacking(Readable.from([packed.subarray(0, 7), packed.subarray(7)]), coding));

describe.each([
  ['gzip', 'gzip', gzipSync(plain)],
  ['gzip by its old name', 'X-GZip', gzipSync(plain)],
  ['Brotli', 'br', brotliCompressSync(plain)],
  ['nothing', null, plain],
  ['nothing, said in so many words', 'identity', plain],
])('a body packed with %s', (_name, coding, packed) => {
  it('is unpacked as it comes, and at once', async () => {
    expect((await asItComes(packed, coding)).equals(plain)).toBe(true);
    expect(unpackBody(packed, coding, plain.length).equals(plain)).toBe(true);
  });
});

describe('a packed body', () => {
  it.each([
    ['gzip', gzipSync(plain, { level: 0 })],
    ['br', brotliCompressSync(Buffer.from(Array.from({ length: 9_000 }, (_, n) => (n * n) % 251)))],
  ])('that ends inside gives what there is of it: %s', async (coding, packed) => {
    const cut = packed.subarray(0, Math.ceil(packed.length * 0.6));
    const given = unpackBody(cut, coding, plain.length);
    expect(given.length).toBeGreaterThan(0);
    expect((await asItComes(cut, coding)).equals(given)).toBe(true);
  });

  it('that is empty is empty', async () => {
    for (const coding of ['gzip', 'br']) {
      expect(unpackBody(Buffer.alloc(0), coding, 10)).toHaveLength(0);
      expect(await asItComes(Buffer.alloc(0), coding)).toHaveLength(0);
    }
  });

  it.each(['gzip, gzip', 'zstd'])(
    'with what was not asked for stays as it came: %s',
    async (coding) => {
      const packed = gzipSync(gzipSync('x'));
      expect(unpackBody(packed, coding, 100)).toBe(packed);
      expect(await asItComes(packed, coding)).toEqual(packed);
    },
  );

  it('that unpacks to more than is taken is refused', () => {
    expect(() => unpackBody(gzipSync(plain), 'gzip', plain.length - 1)).toThrow(
      expect.objectContaining({ code: 'net.too_large' }),
    );
  });

  it('that ends inside is refused where nobody would notice', () => {
    const packed = gzipSync(plain);
    const whole = { mustBeWhole: true };
    const cut = () => unpackBody(packed.subarray(0, -1), 'gzip', plain.length, whole);
    expect(cut).toThrow(expect.objectContaining({ code: 'net.unreachable' }));
    expect(unpackBody(packed, 'gzip', plain.length, whole)).toEqual(plain);
    expect(unpackBody(Buffer.alloc(0), 'gzip', 1, whole)).toHaveLength(0);
  });

  it('that was damaged is refused, as one that did not come', async () => {
    const damaged = Buffer.from('no gzip at all');
    expect(() => unpackBody(damaged, 'gzip', 100)).toThrow(
      expect.objectContaining({ code: 'net.unreachable' }),
    );
    await expect(asItComes(damaged, 'gzip')).rejects.toThrow('incorrect header check');
  });
});

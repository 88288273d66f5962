// Proves that a sealed value opens with its own key and context, whole, and not otherwise.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSealer, deriveKeys, type Sealed } from './seal.ts';

const keys = deriveKeys(new Uint8Array(32).fill(1));
const sealer = createSealer(keys.seal);
const broken = expect.objectContaining({ code: 'seal.broken' });

describe('a sealed value', () => {
  it('opens to the same text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (plain, context) => {
        expect(sealer.open(sealer.seal(plain, context), context)).toBe(plain);
      }),
    );
  });

  it('shows nothing of the text, and looks different each time', () => {
    const token = 'refresh-token-of-ada';
    const [one, other] = [sealer.seal(token, 'grant/1'), sealer.seal(token, 'grant/1')];
    expect(one).toMatch(/^s1\.[\w-]+$/);
    expect(one).not.toBe(other);
    expect(Buffer.from(one.slice(3), 'base64url').includes(token)).toBe(false);
  });

  it('does not open when a single bit of it is another', () => {
    const whole = Buffer.from(sealer.seal('a token', 'grant/1').slice(3), 'base64url');
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const changed = Buffer.from(whole);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const sealed = `s1.${changed.toString('base64url')}` as Sealed;
      expect(() => sealer.open(sealed, 'grant/1'), `bit ${bit}`).toThrow(broken);
    }
  });

  it.each(['a token', ''])('“%s” does not open when it was cut short, to any length', (plain) => {
    const whole = Buffer.from(sealer.seal(plain, 'grant/1').slice(3), 'base64url');
    for (let length = 0; length < whole.length; length += 1) {
      const sealed = `s1.${whole.subarray(0, length).toString('base64url')}` as Sealed;
      expect(() => sealer.open(sealed, 'grant/1'), `${length} bytes`).toThrow(broken);
    }
  });

  it('does not open in another row or field', () => {
    const sealed = sealer.seal('a token', 'grant/1/access');
    for (const context of ['grant/1/refresh', 'grant/2/access', 'grant/1/access ', ''])
      expect(() => sealer.open(sealed, context)).toThrow(broken);
  });

  it('does not open with another key, nor as another version', () => {
    const sealed = sealer.seal('a token', 'grant/1');
    const other = createSealer(deriveKeys(new Uint8Array(32).fill(2)).seal);
    expect(() => other.open(sealed, 'grant/1')).toThrow(broken);
    for (const text of ['', 'a token', sealed.slice(3), sealed.replace('s1.', 's2.')])
      expect(() => sealer.open(text as Sealed, 'grant/1')).toThrow(broken);
  });

  it('is not quoted by the error', () => {
    const sealed = sealer.seal('a token', 'grant/1');
    expect(() => sealer.open(sealed, 'grant/2')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(sealed) }),
    );
  });
});

describe('the keys of an instance', () => {
  it('are one for each use, the same from the same secret', () => {
    expect(deriveKeys(new Uint8Array(32).fill(1))).toEqual(keys);
    expect(keys.database).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(keys.seal).toString('hex')).not.toBe(keys.database);
  });

  it('are all others where one bit of the secret is another [RFC 5869]', () => {
    const other = deriveKeys(new Uint8Array(32).fill(1).with(31, 0));
    expect(other.database).not.toBe(keys.database);
    expect(other.seal).not.toEqual(keys.seal);
  });
});

// Proves that a checkpoint is read back as it was signed, and that no bit of it can be changed.

import { describe, expect, it } from 'vitest';
import { checkpointSigner } from './checkpoint.ts';

const signer = checkpointSigner(new Uint8Array(32).fill(3));
const checkpoint = { seq: 12, mac: 'abc_-', at: '2026-11-22T12:00:00.000Z' };
const invalid = expect.objectContaining({ code: 'audit.checkpoint_invalid' });

describe('a checkpoint', () => {
  it('is one line, and reads back as it was', () => {
    const text = signer.sign(checkpoint);
    expect(text).toMatch(/^[\w.-]+$/);
    expect(signer.read(`  ${text}\n`)).toEqual(checkpoint);
  });

  it('with any of its characters changed is refused', () => {
    const text = signer.sign(checkpoint);
    // The last character of base64 carries bits that mean nothing.
    for (let at = 0; at < text.length - 1; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect(() => signer.read(changed), `character ${at}`).toThrow(invalid);
    }
  });

  it.each(['', 'x', 'chartfold-audit-1.1.a.b', 'chartfold-audit-1.1.a.b.c.d'])(
    'that is none is refused: %j',
    (text) => expect(() => signer.read(text)).toThrow(invalid),
  );

  it('of another instance is refused', () => {
    const other = checkpointSigner(new Uint8Array(32).fill(4));
    expect(() => signer.read(other.sign(checkpoint))).toThrow(invalid);
  });
});

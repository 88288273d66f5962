// Owns signed statements of where the audit chain stood. Kept where the host can't reach them, they show later that
// the chain was rolled back or written anew. Ed25519 (RFC 8032); the text is one line that can be pasted or printed.

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ChartfoldError } from '../platform/errors.ts';
import type { ChainState } from './audit.ts';

export type Checkpoint = ChainState & { readonly at: string };

const VERSION = 'chartfold-audit-1';
/** What stands before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410 section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export type CheckpointSigner = {
  sign(checkpoint: Checkpoint): string;
  /** @throws `audit.checkpoint_invalid` where it is none, or not of this instance */
  read(text: string): Checkpoint;
};

/** @param seed 32 bytes */
export function checkpointSigner(seed: Uint8Array): CheckpointSigner {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey);
  return {
    sign({ seq, mac, at }) {
      const said = `${VERSION}.${seq}.${mac}.${Buffer.from(at).toString('base64url')}`;
      return `${said}.${sign(null, Buffer.from(said), privateKey).toString('base64url')}`;
    },
    read(text) {
      const parts = text.trim().split('.');
      const [version, seq = '', mac = '', at = '', signature = ''] = parts;
      const said = parts.slice(0, 4).join('.');
      const isOurs =
        parts.length === 5 &&
        version === VERSION &&
        /^\d{1,15}$/.test(seq) &&
        verify(null, Buffer.from(said), publicKey, Buffer.from(signature, 'base64url'));
      if (!isOurs) throw new ChartfoldError('audit.checkpoint_invalid');
      return { seq: Number(seq), mac, at: Buffer.from(at, 'base64url').toString() };
    },
  };
}

// Owns encryption of single values at rest: tokens, secrets, private keys. Knows nothing of what they mean.
// A sealed value is bound to its context (which row, which field), so that it can't be moved to another.

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { ChartfoldError } from './errors.ts';

declare const sealedBrand: unique symbol;
/** The text of a `T`, encrypted and authenticated; safe in the database, useless in a log. */
export type Sealed<T = string> = string & { readonly [sealedBrand]: T };

/** The keys that the data is sealed with, one for each use. */
export type DataKeys = {
  /** 64 hexadecimal characters: the page key of the database. */
  readonly database: string;
  readonly seal: Uint8Array;
  /** Of the audit chain. */
  readonly audit: Uint8Array;
  /** Of the signed checkpoints of the audit. */
  readonly checkpoint: Uint8Array;
};

export type Sealer = {
  seal(plain: string, context: string): Sealed;
  /** @throws `seal.broken` where key, context or a bit is not the one it was sealed with. */
  open(sealed: Sealed, context: string): string;
};

const VERSION = 's1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A key of 32 bytes for one use, by HKDF-SHA-256 (RFC 5869). */
export function deriveKey(
  from: Uint8Array,
  use: string,
  salt: Uint8Array = new Uint8Array(),
): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', from, salt, `chartfold/1/${use}`, 32));
}

/** The keys of a store from before there was a keychain: they were derived from the root key. */
export function deriveKeys(rootKey: Uint8Array): DataKeys {
  const derive = (use: string) => deriveKey(rootKey, use);
  return {
    database: Buffer.from(derive('database')).toString('hex'),
    seal: derive('seal'),
    audit: derive('audit'),
    checkpoint: derive('checkpoint'),
  };
}

/** AES-256-GCM with the context as associated data. */
export function createSealer(key: Uint8Array): Sealer {
  return {
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      const whole = Buffer.concat([iv, cipher.getAuthTag(), body]);
      return `${VERSION}${whole.toString('base64url')}` as Sealed;
    },
    open(sealed, context) {
      try {
        if (!sealed.startsWith(VERSION)) throw new Error('unknown version of a sealed value');
        const whole = Buffer.from(sealed.slice(VERSION.length), 'base64url');
        const decipher = createDecipheriv('aes-256-gcm', key, whole.subarray(0, IV_BYTES), {
          // Without it Node takes a tag of four bytes for one of sixteen.
          authTagLength: TAG_BYTES,
        })
          .setAAD(Buffer.from(context))
          .setAuthTag(whole.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
        const body = whole.subarray(IV_BYTES + TAG_BYTES);
        return decipher.update(body, undefined, 'utf8') + decipher.final('utf8');
      } catch (cause) {
        throw new ChartfoldError('seal.broken', { cause });
      }
    },
  };
}

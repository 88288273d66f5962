// The authorization server's signing key and the access tokens it signs. A token is a JWT whose `jti` is the opaque
// token that the library keeps; whether it still lives is asked of the library's record, not of the JWT.

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey as NodeJsonWebKey,
  sign,
  verify,
} from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';

/** What goes into an access token beside the fixed claims. */
export type AccessTokenClaims = {
  readonly jti: string;
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly cid: string;
  readonly scp: readonly string[];
  readonly iat: number;
  readonly exp: number;
  readonly [claim: string]: unknown;
};

export type TokenSigner = {
  sign(claims: AccessTokenClaims | Readonly<Record<string, unknown>>): string;
  /** The `jti` of a token that this signer made, whatever its age; `undefined` for anything else. */
  readId(token: string): string | undefined;
};

/** Makes an RSA-2048 key for RS256, as a private JWK with its thumbprint as `kid`. */
export async function makeSigningKey(): Promise<JWK> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' }) as JWK;
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: 'RS256', use: 'sig' };
}

/** A signer for one environment's key. */
export function makeTokenSigner(jwk: JWK): TokenSigner {
  const privateKey = createPrivateKey({ key: jwk as NodeJsonWebKey, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const header = encode({ alg: 'RS256', kid: jwk.kid, typ: 'JWT' });
  // A sync sends one token thousands of times; its signature is checked once.
  const checked = new Map<string, string>();
  return {
    sign(claims) {
      const body = `${header}.${encode({ ver: 1, ...claims })}`;
      return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`;
    },
    readId(token) {
      const known = checked.get(token);
      if (known !== undefined) return known;
      const [head = '', payload = '', signature = '', ...more] = token.split('.');
      if (more.length > 0 || head !== header) return undefined;
      const bytes = Buffer.from(signature, 'base64url');
      if (!verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), publicKey, bytes))
        return undefined;
      const { jti } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { jti: string };
      if (checked.size > 1000) checked.clear();
      checked.set(token, jti);
      return jti;
    },
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

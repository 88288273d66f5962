// Owns the making of certificates (RFC 5280): a local authority, and what it signs for this machine. Keys are of P-256,
// which every browser takes. Where the files lie is the caller's business.

// The library's decorators need it, and do not load it themselves.
import 'reflect-metadata';
import { isIP, isIPv4 } from 'node:net';
import * as x509 from '@peculiar/x509';
import { wordsOf } from './addresses.ts';

/** A certificate and its private key (PKCS #8), both PEM. */
export type Certified = { readonly cert: string; readonly key: string };

type Bytes = Buffer<ArrayBuffer>;

const DAY_MS = 24 * 3_600_000;
/** Longer, and Apple's systems refuse a certificate even of an authority that its owner trusts. */
const LEAF_DAYS = 825;
const AUTHORITY_DAYS = 3650;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** RFC 5280 section 4.2.1.10 */
const NAME_CONSTRAINTS = '2.5.29.30';

/**
 * An authority, good for ten years, that can sign for these names and what lies below them alone: whoever steals its
 * key can pretend to be no other site.
 */
export async function makeAuthority(names: readonly string[], now: number): Promise<Certified> {
  const keys = await newKeys();
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: ['Chartfold local authority'] }],
    ...validity(now, AUTHORITY_DAYS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(NAME_CONSTRAINTS, true, permitted(names)),
    ],
  });
  return certified(certificate, keys);
}

/** Why this authority can't sign for these names now; null where it can. */
export function unfitness(
  authority: Certified,
  names: readonly string[],
  now: number,
): string | null {
  const certificate = new x509.X509Certificate(authority.cert);
  if (now >= certificate.notAfter.getTime()) return 'it has ended';
  const may = certificate.getExtension(NAME_CONSTRAINTS);
  const subtrees = Buffer.from(may?.value ?? new ArrayBuffer(0));
  const foreign = names.filter(
    (name) => !withParents(name).some((parent) => subtrees.includes(subtree(parent))),
  );
  return foreign.length > 0 ? `it was made for other names than ${foreign.join(', ')}` : null;
}

/** A server's certificate for these names, good for 825 days or until its authority ends. */
export async function makeCertificate(
  authority: Certified,
  names: readonly string[],
  now: number,
): Promise<Certified> {
  const issuer = new x509.X509Certificate(authority.cert);
  const keys = await newKeys();
  const { notBefore, notAfter } = validity(now, LEAF_DAYS);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [names[0] ?? 'Chartfold'] }],
    issuer: issuer.subjectName,
    notBefore,
    notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
    publicKey: keys.publicKey,
    signingKey: await signingKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({
          type: isIP(name) ? ('ip' as const) : ('dns' as const),
          value: name,
        })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return certified(certificate, keys);
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function signingKey(pem: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return crypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}

/** From a day ago, for devices whose clock is behind. */
function validity(now: number, days: number): { notBefore: Date; notAfter: Date } {
  const notBefore = now - DAY_MS;
  return { notBefore: new Date(notBefore), notAfter: new Date(notBefore + days * DAY_MS) };
}

async function certified(
  certificate: x509.X509Certificate,
  keys: CryptoKeyPair,
): Promise<Certified> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
  };
}

/** NameConstraints with permittedSubtrees alone; the library has no class for it. */
function permitted(names: readonly string[]): Bytes {
  return der(0x30, der(0xa0, Buffer.concat(names.map(subtree))));
}

/** A GeneralSubtree: a name and all below it, or one address, which is written with its mask. */
function subtree(name: string): Bytes {
  if (!isIP(name)) return der(0x30, der(0x82, Buffer.from(name, 'ascii')));
  const address = addressBytes(name);
  return der(0x30, der(0x87, Buffer.concat([address, Buffer.alloc(address.length, 0xff)])));
}

function addressBytes(address: string): Bytes {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const words = wordsOf(address).map((word) => word.padStart(4, '0'));
  return Buffer.from(words.join(''), 'hex');
}

/** `a.b.c`, `b.c`, `c`; an address alone. */
function withParents(name: string): string[] {
  if (isIP(name)) return [name];
  const labels = name.split('.');
  return labels.map((_, at) => labels.slice(at).join('.'));
}

/** Tag, length, value (X.690 section 8.1). */
function der(tag: number, value: Buffer): Bytes {
  const { length } = value;
  const head =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...head]), value]);
}

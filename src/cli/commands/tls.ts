// Owns `tls make`: a local authority and a certificate for this machine, as files, with what to do with them. Needs no
// running server: one that serves the certificate takes up a new one by itself.

import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import type { Certified } from '../../platform/certificates.ts';
import { systemClock } from '../../platform/clock.ts';
import { defaultSecretFile } from '../../platform/config/keys.ts';
import { readConfig, readEnvironment } from '../../platform/config/read.ts';
import { writeDurably } from '../../platform/durable.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { makeFolder } from '../../platform/folders.ts';
import { writeOut } from '../standard-streams.ts';

type Flags = { host: readonly string[]; out?: string; force?: boolean; json?: boolean };

export function tls(root: Command): void {
  root
    .command('tls')
    .description('certificates for https')
    .command('make')
    .description('make a local authority and a certificate for this machine')
    .option('--host <name>', 'a further name or address; can be given again', listed, [])
    .option('--out <folder>', 'where to write; default beside the root key, in tls')
    .option('--force', 'renew the certificate that is there, with the authority that is kept')
    .option('--json', 'print JSON')
    .action(make);
}

async function make(flags: Flags): Promise<void> {
  // Its library is a large one, and no other verb needs it.
  const { makeAuthority, makeCertificate, unfitness } = await import(
    '../../platform/certificates.ts'
  );
  // What is about to be made may be named already, and is not there yet.
  const env = { ...readEnvironment(), TLS_CERT: '', TLS_KEY: '' };
  const config = readConfig(env);
  const publicUrl = new URL(config.publicUrl);
  const secret = 'file' in config.secret ? config.secret.file : defaultSecretFile(env);
  const folder = resolve(flags.out ?? join(dirname(secret), 'tls'));
  const names = namesOf([publicUrl.hostname, ...flags.host]);
  const files = {
    authority: { cert: join(folder, 'authority.crt'), key: join(folder, 'authority.key') },
    leaf: { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') },
  };
  if (existsSync(files.leaf.cert) && !flags.force)
    throw new ChartfoldError('tls.exists', { detail: files.leaf.cert });
  const now = systemClock.now();
  const kept = keptAuthority(files.authority);
  const authority = kept ?? (await makeAuthority(names, now));
  const unfit = unfitness(authority, names, now);
  if (unfit)
    throw new ChartfoldError('tls.authority_unfit', {
      detail: `${files.authority.cert}: ${unfit}`,
    });
  const leaf = await makeCertificate(authority, names, now);
  write(folder, [...(kept ? [] : ([[files.authority, authority]] as const)), [files.leaf, leaf]]);
  const made = {
    cert: files.leaf.cert,
    key: files.leaf.key,
    authority: files.authority.cert,
    fingerprint: new X509Certificate(authority.cert).fingerprint256,
    names,
    until: new Date(new X509Certificate(leaf.cert).validTo).toISOString().slice(0, 10),
    publicUrl: `https://${publicUrl.host}`,
  };
  await writeOut(`${flags.json ? JSON.stringify(made) : words(made, kept !== null)}\n`);
}

function listed(name: string, before: readonly string[]): readonly string[] {
  return [...before, name];
}

/** The names and addresses as a certificate has them, each once, this machine's own among them. */
function namesOf(given: readonly string[]): string[] {
  const names = [...given, 'localhost', '127.0.0.1', '::1'].map((name) => {
    const isBare = isIP(name) === 6;
    const address = `https://${isBare ? `[${name}]` : name}/`;
    const url = URL.canParse(address) ? new URL(address) : null;
    if (
      !url ||
      url.pathname !== '/' ||
      url.port ||
      url.username ||
      !/^[\w.:[\]-]+$/.test(url.hostname)
    )
      throw new ChartfoldError('http.invalid_request', {
        detail: `--host ${name}: give a name or an address, such as health.lan`,
      });
    return url.hostname.replace(/^\[|\]$|\.$/g, '');
  });
  return [...new Set(names)];
}

type Pair = { readonly cert: string; readonly key: string };

function keptAuthority(files: Pair): Certified | null {
  if (!existsSync(files.cert) && !existsSync(files.key)) return null;
  try {
    const [cert, key] = [readFileSync(files.cert, 'utf8'), readFileSync(files.key, 'utf8')];
    if (!new X509Certificate(cert).ca) throw new Error('it is no authority');
    return { cert, key };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ChartfoldError('tls.authority_unfit', { detail: `${files.cert}: ${why}`, cause });
  }
}

function write(folder: string, all: readonly (readonly [Pair, Certified])[]): void {
  try {
    makeFolder(folder);
    for (const [files, { cert, key }] of all) {
      writeDurably(files.key, key);
      writeDurably(files.cert, cert);
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new ChartfoldError('output.not_written', { detail: `${folder}: ${code}`, cause });
  }
}

type Made = {
  cert: string;
  key: string;
  authority: string;
  fingerprint: string;
  names: readonly string[];
  until: string;
  publicUrl: string;
};

function words(made: Made, isRenewal: boolean): string {
  const { cert, key, authority } = made;
  return [
    `A certificate for ${made.names.join(', ')}, good until ${made.until}.`,
    '',
    'Set in the environment or in .env, then start again:',
    `  PUBLIC_URL=${made.publicUrl}`,
    `  TLS_CERT=${cert}`,
    `  TLS_KEY=${key}`,
    '',
    ...(isRenewal
      ? ['It is signed by the authority that was here already: what trusts that needs nothing new.']
      : trust(authority, made.fingerprint)),
    '',
    'Renew it before it ends: npx chartfold tls make --force, with the same --host and --out.',
  ].join('\n');
}

/** How each system is told to trust an authority, a line each. */
function trust(authority: string, fingerprint: string): string[] {
  return [
    `Let each device trust the authority ${authority} (never copy authority.key):`,
    `  SHA-256 ${fingerprint}`,
    `  Linux: sudo cp ${authority} /usr/local/share/ca-certificates/chartfold.crt && sudo update-ca-certificates`,
    `  Linux, Chrome and Chromium: certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n Chartfold -i ${authority}`,
    `  macOS: sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${authority}`,
    `  Windows, as administrator: certutil -addstore -f Root ${authority}`,
    '  Firefox: Settings, Privacy & Security, View Certificates, Authorities, Import; trust it for websites',
    '  iOS: open the file, install the profile in Settings, General, VPN & Device Management; then switch it on in General, About, Certificate Trust Settings',
    '  Android: Settings, Security, Encryption & credentials, Install a certificate, CA certificate',
  ];
}

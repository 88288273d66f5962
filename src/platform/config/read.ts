// Owns reading the configuration: .env, environment, CHARTFOLD_CONFIG. All faults are gathered and told
// at once, each with what mends it, never with a secret's value.

import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { isNetwork } from '../addresses.ts';
import { ChartfoldError } from '../errors.ts';
import type { LogLevel } from '../log.ts';
import { defaultDataDir, defaultSecretFile } from './keys.ts';

/** How a client proves itself at a token endpoint, by the names of OAuth's registry. */
export const authMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;
const authMethod = z.enum(authMethods);
const webAddress = z.url({ protocol: /^https?$/ });
const orAbsent = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((v) => v ?? undefined);

/** One entry of `portals` in CHARTFOLD_CONFIG. Null counts as absent. */
const portalOverride = z.strictObject({
  vendor: z.string().min(1),
  environment: orAbsent(z.enum(['production', 'preview'])).transform((v) => v ?? 'production'),
  // It is part of the portal's key, which addresses and answers carry.
  name: orAbsent(z.string().min(1).max(100)),
  fhirBaseUrl: orAbsent(webAddress),
  authorizationEndpoint: orAbsent(webAddress),
  tokenEndpoint: orAbsent(webAddress),
  clientId: orAbsent(z.string().min(1)),
  clientSecret: orAbsent(z.string().min(1)),
  auth: orAbsent(authMethod),
  scopes: orAbsent(z.array(z.string().min(1)).min(1)),
  aud: orAbsent(z.string().min(1)),
  directoryUrl: orAbsent(webAddress),
  requestsPerMinute: orAbsent(z.int().min(1).max(60_000)),
});
const configFile = z.strictObject({
  portals: orAbsent(z.array(portalOverride)).transform((v) => v ?? []),
});

export type AuthMethod = z.infer<typeof authMethod>;
export type PortalOverride = z.infer<typeof portalOverride>;

export type Config = {
  /** Scheme, host and port, without a trailing slash. */
  readonly publicUrl: string;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Host header values that are answered, lower case, with port where it is not the scheme's own. */
  readonly allowedHosts: readonly string[];
  readonly dataDir: string;
  readonly secret: { readonly value: string } | { readonly file: string };
  readonly backup: {
    readonly folder: string;
    /** Hours; 0 for never. */
    readonly every: number;
    readonly keep: number;
  };
  readonly jwksUrl: string | null;
  readonly portals: readonly PortalOverride[];
  readonly simulator: 'auto' | 'on' | 'off';
  readonly simulatorPort: number;
  /** Addresses and networks of proxies whose forwarding headers count. */
  readonly trustedProxies: readonly string[];
  readonly logLevel: LogLevel;
  /** What vendors' keys are set to, by name; unset ones are absent. */
  readonly vendorKeys: Readonly<Record<string, string>>;
};

/** The environment with .env of the working folder beneath it. */
export function readEnvironment(folder = process.cwd()): NodeJS.ProcessEnv {
  const file = resolve(folder, '.env');
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...fromFile, ...process.env };
}

/**
 * Reads the whole configuration.
 * @param furtherFaults what only the portals can judge, as lines `KEY: what mends it`
 * @throws `config.invalid` with every fault, a line each: key, what is wrong, what mends it.
 */
export function readConfig(
  env: NodeJS.ProcessEnv,
  vendorKeyNames: readonly string[] = [],
  furtherFaults: (config: Config) => readonly string[] = () => [],
): Config {
  const faults: string[] = [];
  const value = (name: string) => valueOf(env[name]);
  const fault = (name: string, mend: string) => faults.push(`${name}: ${mend}`);
  const port = portOf('PORT', value, 4200, fault);
  const simulatorPort = portOf('CHARTFOLD_SIMULATOR_PORT', value, 4201, fault);
  const tls = tlsOf(value, fault);
  const publicUrl = publicUrlOf(value, port, tls !== null, fault);
  const allowed = hostsOf(value, fault);
  const dataDir = dataDirOf(value, env, fault);
  const config: Config = {
    publicUrl,
    host: value('HOST') ?? '127.0.0.1',
    port,
    tls,
    allowedHosts: [URL.canParse(publicUrl) ? new URL(publicUrl).host : '', ...allowed].filter(
      Boolean,
    ),
    trustedProxies: proxiesOf(value, fault),
    dataDir,
    secret: secretOf(value, env, fault),
    backup: {
      folder: backupDirOf(value, dataDir, fault),
      every: wholeOf('CHARTFOLD_BACKUP_EVERY', value, { least: 0, most: 8760 }, 24, fault),
      keep: wholeOf('CHARTFOLD_BACKUP_KEEP', value, { least: 1, most: 10_000 }, 14, fault),
    },
    jwksUrl: addressOf('JWKS_URL', value, fault),
    portals: portalsOf(value, fault),
    simulator: oneOf('CHARTFOLD_SIMULATOR', value, ['auto', 'on', 'off'], 'auto', fault),
    simulatorPort,
    logLevel: oneOf(
      'CHARTFOLD_LOG',
      value,
      ['debug', 'info', 'warn', 'error', 'silent'],
      'warn',
      fault,
    ),
    vendorKeys: Object.fromEntries(
      vendorKeyNames.flatMap((name) => (value(name) ? [[name, value(name) as string]] : [])),
    ),
  };
  if (config.simulator !== 'off' && config.simulatorPort === config.port)
    fault('CHARTFOLD_SIMULATOR_PORT', `is ${config.port} as PORT is; give each a port of its own`);
  secretsWithoutId(config, fault);
  failOn([...faults, ...furtherFaults(config)]);
  return config;
}

/** @throws `config.invalid` where there are any, a line each */
export function failOn(faults: readonly string[]): void {
  if (faults.length)
    throw new ChartfoldError('config.invalid', { detail: `\n  ${faults.join('\n  ')}\n` });
}

type Value = (name: string) => string | undefined;
type Fault = (name: string, mend: string) => void;

/** Unset, empty and un-substituted values such as `$ATHENA_CLIENT_ID` count as unset. */
function valueOf(raw: string | undefined): string | undefined {
  const text = raw?.trim();
  return !text || /^\$\{?\w+\}?$/.test(text) ? undefined : text;
}

function portOf(name: string, value: Value, fallback: number, fault: Fault): number {
  const text = value(name);
  if (text === undefined) return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  fault(name, 'is not a port; give a whole number from 1 to 65535');
  return fallback;
}

function wholeOf(
  name: string,
  value: Value,
  { least, most }: { least: number; most: number },
  fallback: number,
  fault: Fault,
): number {
  const text = value(name);
  if (text === undefined) return fallback;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (number >= least && number <= most) return number;
  fault(name, `must be a whole number from ${least} to ${most}`);
  return fallback;
}

function oneOf<const T extends string>(
  name: string,
  value: Value,
  allowed: readonly T[],
  fallback: T,
  fault: Fault,
): T {
  const text = value(name);
  if (text === undefined) return fallback;
  const found = allowed.find((a) => a === text.toLowerCase());
  if (!found) fault(name, `must be one of ${allowed.join(', ')}`);
  return found ?? fallback;
}

const HOST = /^(\[[\da-f:.]+\]|[a-z\d_]([\w-]*[a-z\d])?(\.[a-z\d_]([\w-]*[a-z\d])?)*)(:\d{1,5})?$/;

function hostsOf(value: Value, fault: Fault): string[] {
  const given = (value('ALLOWED_HOSTS') ?? '').split(',').map((host) => host.trim().toLowerCase());
  const hosts = given.filter(Boolean);
  for (const text of hosts.filter((host) => !HOST.test(host)))
    fault('ALLOWED_HOSTS', `${text} is no host; give such as health.lan or health.lan:4200`);
  return hosts;
}

/** Where a server is started from must not decide where its backups lie. */
function backupDirOf(value: Value, dataDir: string, fault: Fault): string {
  const folder = value('CHARTFOLD_BACKUP_DIR') ?? join(dataDir, 'backups');
  if (!isAbsolute(folder)) fault('CHARTFOLD_BACKUP_DIR', 'must be a whole path, from the root');
  return resolve(folder);
}

/** A secret whose client nobody named proves nothing to anybody. */
function secretsWithoutId({ vendorKeys }: Config, fault: Fault): void {
  for (const name of Object.keys(vendorKeys).filter((key) => key.endsWith('_CLIENT_SECRET'))) {
    const id = name.replace(/_SECRET$/, '_ID');
    if (vendorKeys[id] === undefined) fault(name, `is set and ${id} is not; they go together`);
  }
}

function proxiesOf(value: Value, fault: Fault): string[] {
  const given = (value('TRUSTED_PROXIES') ?? '').split(',').map((text) => text.trim());
  const networks = given.filter(Boolean);
  for (const text of networks.filter((network) => !isNetwork(network)))
    fault('TRUSTED_PROXIES', `${text} is no address; give such as 127.0.0.1 or 10.0.0.0/8`);
  return networks.filter(isNetwork);
}

function addressOf(name: string, value: Value, fault: Fault): string | null {
  const text = value(name);
  if (text === undefined) return null;
  if (!webAddress.safeParse(text).success)
    fault(name, 'is not a web address; begin with http:// or https://');
  return text;
}

function tlsOf(value: Value, fault: Fault): Config['tls'] {
  const certFile = value('TLS_CERT');
  const keyFile = value('TLS_KEY');
  if (!certFile && !keyFile) return null;
  if (!certFile || !keyFile) {
    fault(certFile ? 'TLS_KEY' : 'TLS_CERT', 'is missing; a certificate and its key go together');
    return null;
  }
  const [cert, key] = [['TLS_CERT', certFile] as const, ['TLS_KEY', keyFile] as const].map(
    ([name, file]) => {
      const bytes = readable(file);
      if (!bytes)
        fault(name, `the file ${file} cannot be read; check the path and its permissions`);
      return bytes;
    },
  );
  if (cert && key && !canServe(cert, key))
    fault(
      'TLS_CERT',
      'the certificate and the key of TLS_KEY are not PEM, or not of one pair; make them anew',
    );
  return { certFile: resolve(certFile), keyFile: resolve(keyFile) };
}

function readable(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // Said by the caller, with the key that names the file.
  }
}

function canServe(cert: Buffer, key: Buffer): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false; // Said by the caller; the library's own words name neither file.
  }
}

function publicUrlOf(value: Value, port: number, https: boolean, fault: Fault): string {
  const scheme = https ? 'https' : 'http';
  const text = value('PUBLIC_URL') ?? `${scheme}://localhost:${port}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username &&
    !url.password;
  if (isPlain && https && url.protocol === 'http:')
    fault('PUBLIC_URL', 'begins with http://, but TLS_CERT makes it https; begin with https://');
  if (isPlain) return url.origin;
  fault('PUBLIC_URL', 'must be scheme, host and port alone, such as https://health.example.org');
  return `${scheme}://localhost:${port}`;
}

/** The control socket below it, run/control.sock, must fit into a socket's address: 103 bytes on macOS, 107 on Linux. */
export const LONGEST_DATA_DIR = 103 - '/run/control.sock'.length;

function dataDirOf(value: Value, env: NodeJS.ProcessEnv, fault: Fault): string {
  const dataDir = resolve(value('CHARTFOLD_DATA_DIR') ?? defaultDataDir(env));
  const length = Buffer.byteLength(dataDir);
  if (length > LONGEST_DATA_DIR)
    fault(
      'CHARTFOLD_DATA_DIR',
      `its path is ${length} bytes long; choose one of at most ${LONGEST_DATA_DIR}`,
    );
  return dataDir;
}

function secretOf(value: Value, env: NodeJS.ProcessEnv, fault: Fault): Config['secret'] {
  const text = value('CHARTFOLD_SECRET');
  if (text === undefined)
    return { file: resolve(value('CHARTFOLD_SECRET_FILE') ?? defaultSecretFile(env)) };
  if (!/^[0-9a-f]{64}$/i.test(text))
    fault(
      'CHARTFOLD_SECRET',
      'must be 64 hexadecimal characters; make one with: openssl rand -hex 32',
    );
  return { value: text.toLowerCase() };
}

function portalsOf(value: Value, fault: Fault): readonly PortalOverride[] {
  const file = value('CHARTFOLD_CONFIG');
  if (!file) return [];
  try {
    const parsed = configFile.safeParse(
      JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')),
    );
    if (parsed.success) return parsed.data.portals;
    for (const issue of parsed.error.issues) {
      fault('CHARTFOLD_CONFIG', `${file}: ${issue.path.join('.') || 'the file'}: ${issue.message}`);
    }
  } catch (cause) {
    fault(
      'CHARTFOLD_CONFIG',
      cause instanceof SyntaxError
        ? `${file} is not JSON; check its commas and quotes`
        : `${file} cannot be read; check the path`,
    );
  }
  return [];
}

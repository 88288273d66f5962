// Proves how the configuration is read: each key, what counts as unset, and every fault at once with what mends it.

import { configWarnings } from './warnings.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChartfoldError } from '../errors.ts';
import { baseKeys } from './keys.ts';
import { type Config, readConfig, readEnvironment } from './read.ts';
import { testCertificate } from '../../../e2e/support/certificate.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-config-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

/** The lines of a configuration's faults; empty where it has none. */
function faultsOf(
  env: NodeJS.ProcessEnv,
  further?: (config: Config) => string[],
  vendorKeys: readonly string[] = [],
): string[] {
  try {
    readConfig(env, vendorKeys, further);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ChartfoldError);
    expect((error as ChartfoldError).code).toBe('config.invalid');
    return ((error as ChartfoldError).detail ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  }
}

describe('what is not set', () => {
  it('has the defaults of a newcomer: this machine only, plain http, the simulator when it is needed', () => {
    expect(readConfig({ XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c' })).toEqual({
      publicUrl: 'http://localhost:4200',
      host: '127.0.0.1',
      port: 4200,
      tls: null,
      trustedProxies: [],
      allowedHosts: ['localhost:4200'],
      dataDir: '/d/chartfold',
      secret: { file: '/c/chartfold/secret' },
      backup: { folder: '/d/chartfold/backups', every: 24, keep: 14 },
      jwksUrl: null,
      portals: [],
      simulator: 'auto',
      simulatorPort: 4201,
      logLevel: 'warn',
      vendorKeys: {},
    });
  });

  it('may be written as a name that nothing was put in for, as nothing, or as white space', () => {
    const unset = ['$ATHENA_CLIENT_ID', '${ATHENA_CLIENT_ID}', '', '   '];
    for (const value of unset) {
      const env = Object.fromEntries(
        [...baseKeys.map((key) => key.name), 'ATHENA_CLIENT_ID'].map((name) => [name, value]),
      );
      expect(readConfig(env, ['ATHENA_CLIENT_ID'])).toEqual(readConfig({}));
    }
  });

  it('keeps a value that merely holds a dollar sign', () => {
    const env = { ATHENA_CLIENT_SECRET: 'pa$$word', ATHENA_CLIENT_ID: '$5 and more' };
    expect(readConfig(env, Object.keys(env)).vendorKeys).toEqual(env);
  });
});

describe('what is set', () => {
  it('is read key by key', () => {
    const { cert, key } = testCertificate();
    const config = readConfig(
      {
        PUBLIC_URL: 'https://health.example.org',
        PORT: '8443',
        HOST: '0.0.0.0',
        TLS_CERT: file('cert.pem', cert),
        TLS_KEY: file('key.pem', key),
        ALLOWED_HOSTS: 'Health.LAN, health.lan:8443 ,',
        CHARTFOLD_DATA_DIR: '/srv/chart',
        CHARTFOLD_SECRET: 'AB'.repeat(32),
        CHARTFOLD_BACKUP_DIR: '/mnt/backup',
        CHARTFOLD_BACKUP_EVERY: '0',
        CHARTFOLD_BACKUP_KEEP: '3',
        JWKS_URL: 'https://keys.example.org/jwks.json',
        CHARTFOLD_SIMULATOR: 'OFF',
        CHARTFOLD_SIMULATOR_PORT: '8444',
        CHARTFOLD_LOG: 'debug',
        ATHENA_CLIENT_ID: ' id ',
      },
      ['ATHENA_CLIENT_ID', 'ATHENA_CLIENT_SECRET'],
    );
    expect(config).toMatchObject({
      publicUrl: 'https://health.example.org',
      port: 8443,
      host: '0.0.0.0',
      tls: { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') },
      allowedHosts: ['health.example.org', 'health.lan', 'health.lan:8443'],
      dataDir: '/srv/chart',
      secret: { value: 'ab'.repeat(32) },
      backup: { folder: '/mnt/backup', every: 0, keep: 3 },
      jwksUrl: 'https://keys.example.org/jwks.json',
      simulator: 'off',
      simulatorPort: 8444,
      logLevel: 'debug',
    });
    expect(config.vendorKeys).toEqual({ ATHENA_CLIENT_ID: 'id' });
  });

  it.each([
    ['https://health.example.org/', 'https://health.example.org'],
    ['https://health.example.org:443', 'https://health.example.org'],
    ['HTTP://Localhost:4200/', 'http://localhost:4200'],
  ])('reads PUBLIC_URL %s as %s', (given, read) => {
    expect(readConfig({ PUBLIC_URL: given }).publicUrl).toBe(read);
  });

  it('makes the address from the port, and https where a certificate is given', () => {
    const { cert, key } = testCertificate();
    const tls = { TLS_CERT: file('c.pem', cert), TLS_KEY: file('k.pem', key) };
    expect(readConfig({ PORT: '5000' }).publicUrl).toBe('http://localhost:5000');
    expect(readConfig({ PORT: '5000', ...tls }).publicUrl).toBe('https://localhost:5000');
  });

  it('lies in .env beneath the environment', () => {
    file('.env', 'CHARTFOLD_TEST_A=file\nCHARTFOLD_TEST_B="from file" # said there\n');
    process.env.CHARTFOLD_TEST_A = 'environment';
    try {
      const env = readEnvironment(dir);
      expect([env.CHARTFOLD_TEST_A, env.CHARTFOLD_TEST_B]).toEqual(['environment', 'from file']);
    } finally {
      delete process.env.CHARTFOLD_TEST_A;
    }
  });
});

describe('faults', () => {
  it('are told all at once, each with its key and what mends it, and no secret is quoted', () => {
    const secret = 'not-hexadecimal-and-secret';
    const faults = faultsOf(
      {
        PUBLIC_URL: 'https://user:hidden@health.example.org/chart',
        PORT: 'eighty',
        TLS_CERT: '/nowhere/cert.pem',
        CHARTFOLD_SECRET: secret,
        JWKS_URL: 'ftp://keys.example.org',
        CHARTFOLD_CONFIG: '/nowhere/portals.json',
        CHARTFOLD_SIMULATOR: 'maybe',
        CHARTFOLD_SIMULATOR_PORT: '70000',
        CHARTFOLD_LOG: 'loud',
      },
      () => ['ATHENA_AUTH: must be one of none'],
    );
    expect(faults.map((line) => line.split(':')[0]).sort()).toEqual([
      'ATHENA_AUTH',
      'CHARTFOLD_CONFIG',
      'CHARTFOLD_LOG',
      'CHARTFOLD_SECRET',
      'CHARTFOLD_SIMULATOR',
      'CHARTFOLD_SIMULATOR_PORT',
      'JWKS_URL',
      'PORT',
      'PUBLIC_URL',
      'TLS_KEY',
    ]);
    expect(faults.join()).not.toContain(secret);
    expect(faults.join()).not.toContain('hidden');
    expect(faults.find((line) => line.startsWith('CHARTFOLD_SECRET:'))).toContain(
      'openssl rand -hex 32',
    );
  });

  it.each(['-1', '0', '65536', '4200.5', '1e3', '0x10', '４２００'])('name PORT for %s', (port) => {
    expect(faultsOf({ PORT: port })).toEqual([
      'PORT: is not a port; give a whole number from 1 to 65535',
    ]);
  });

  it.each([
    'localhost:4200',
    'health.example.org',
    'https://health.example.org/app',
    'https://health.example.org/?a=1',
    'https://health.example.org/#a',
    'https://ada@health.example.org',
    'https://:word@health.example.org',
    'file:///etc',
  ])('name PUBLIC_URL for %s', (url) => {
    expect(faultsOf({ PUBLIC_URL: url })).toEqual([
      'PUBLIC_URL: must be scheme, host and port alone, such as https://health.example.org',
    ]);
  });

  it('name a plain PUBLIC_URL beside a certificate', () => {
    const { cert, key } = testCertificate();
    const env = { TLS_CERT: file('c2.pem', cert), TLS_KEY: file('k2.pem', key) };
    expect(faultsOf({ ...env, PUBLIC_URL: 'http://localhost:4200' })).toEqual([
      'PUBLIC_URL: begins with http://, but TLS_CERT makes it https; begin with https://',
    ]);
  });

  it('name a certificate that is not there, is none, or belongs to another key', () => {
    const [one, other] = [testCertificate(), testCertificate()];
    const cert = file('one.pem', one.cert);
    const text = file('text.pem', 'not a certificate');
    expect(faultsOf({ TLS_CERT: '/nowhere/c', TLS_KEY: '/nowhere/k' })).toEqual([
      'TLS_CERT: the file /nowhere/c cannot be read; check the path and its permissions',
      'TLS_KEY: the file /nowhere/k cannot be read; check the path and its permissions',
    ]);
    for (const key of [file('other.pem', other.key), text]) {
      expect(faultsOf({ TLS_CERT: cert, TLS_KEY: key })).toEqual([
        expect.stringMatching(/^TLS_CERT: .* not of one pair/),
      ]);
    }
    expect(faultsOf({ TLS_KEY: text })).toEqual([expect.stringMatching(/^TLS_CERT: is missing/)]);
  });

  it.each(['', 'ab', 'g'.repeat(64), 'ab'.repeat(33)])(
    'name CHARTFOLD_SECRET for “%s”, except where it is empty',
    (secret) => {
      expect(faultsOf({ CHARTFOLD_SECRET: secret })).toHaveLength(secret === '' ? 0 : 1);
    },
  );
});

describe('CHARTFOLD_CONFIG', () => {
  const read = (content: unknown) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    return { CHARTFOLD_CONFIG: file('portals.json', text) };
  };

  it('takes null as absent, everywhere', () => {
    const nulls = {
      environment: null,
      name: null,
      fhirBaseUrl: null,
      authorizationEndpoint: null,
      tokenEndpoint: null,
      clientId: null,
      clientSecret: null,
      auth: null,
      scopes: null,
      aud: null,
      directoryUrl: null,
    };
    const { portals } = readConfig(read({ portals: [{ vendor: 'v', ...nulls }, { vendor: 'v' }] }));
    expect(portals).toHaveLength(2);
    expect(JSON.stringify(portals[0])).toBe(JSON.stringify(portals[1]));
    expect(portals[0]).toMatchObject({ vendor: 'v', environment: 'production' });
    expect(readConfig(read({ portals: null })).portals).toEqual([]);
    expect(readConfig(read({})).portals).toEqual([]);
  });

  it('says where a field is not known or not what it should be, without its value', () => {
    const faults = faultsOf(
      read({
        portals: [
          { vendor: 'v', clientSecrets: 'hush-hush' },
          {
            vendor: 'v',
            name: 'n'.repeat(101),
            clientSecret: 42,
            auth: 'hush-hush',
            fhirBaseUrl: 'hush-hush',
          },
          'hush-hush',
        ],
        extra: true,
      }),
    );
    const text = faults.join('\n');
    expect(faults.every((line) => line.startsWith('CHARTFOLD_CONFIG: '))).toBe(true);
    for (const place of [
      'portals.0',
      'portals.1.name',
      'portals.1.clientSecret',
      'portals.1.auth',
      'portals.2',
    ])
      expect(text).toContain(place);
    expect(text).toContain('extra');
    expect(text).toContain('portals.1.fhirBaseUrl');
    expect(text).not.toContain('hush-hush');
  });

  it.each(['', '{', '<html>', '{"portals": [,]}'])('says that “%s” is not JSON', (content) => {
    expect(faultsOf(read(content))).toEqual([
      expect.stringMatching(/portals\.json is not JSON; check its commas and quotes$/),
    ]);
  });

  it.each(['null', '[]', '"text"', '7'])('says that %s is not what it should be', (content) => {
    expect(faultsOf(read(content))).toEqual([expect.stringContaining('the file: ')]);
  });

  it('may begin with a byte order mark, as some editors write it', () => {
    expect(readConfig(read('\uFEFF{"portals": []}')).portals).toEqual([]);
  });

  it('says that a folder cannot be read', () => {
    expect(faultsOf({ CHARTFOLD_CONFIG: dir })).toEqual([
      `CHARTFOLD_CONFIG: ${dir} cannot be read; check the path`,
    ]);
  });
});

describe('what would not do what it is meant to', () => {
  it.each<[string, Record<string, string>]>([
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'https://health.lan' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'health.lan/chart' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: 'health.lan:port' }],
    ['ALLOWED_HOSTS', { ALLOWED_HOSTS: '*' }],
    ['CHARTFOLD_BACKUP_DIR', { CHARTFOLD_BACKUP_DIR: 'backups' }],
    ['CHARTFOLD_SIMULATOR_PORT', { PORT: '4201' }],
    ['ATHENA_CLIENT_SECRET', { ATHENA_CLIENT_SECRET: 'abc' }],
  ])('is a fault of %s: %j', (key, env) => {
    const faults = faultsOf(env, () => [], ['ATHENA_CLIENT_ID', 'ATHENA_CLIENT_SECRET']);
    expect(faults.map((line) => line.split(':')[0])).toEqual([key]);
  });

  it('is none where it is a host, with a port or without', () => {
    const ALLOWED_HOSTS = 'health.lan,health_1.lan:4200, 192.168.1.5:4200,[fd00::2]:4200';
    expect(readConfig({ ALLOWED_HOSTS }).allowedHosts).toHaveLength(5);
    expect(readConfig({ PORT: '4201', CHARTFOLD_SIMULATOR: 'off' }).port).toBe(4201);
  });

  it('is warned of: a key that nobody reads, with the one that may be meant, and every proxy trusted', () => {
    const env = {
      CHARTFOLD_DATADIR: '/d',
      CHARTFOLD_LOG: 'info',
      CHARTFOLD_XYZ_ABC_DEF: '1',
      HOME: '/',
    };
    expect(configWarnings(env)).toEqual([
      'CHARTFOLD_DATADIR is not read. Is CHARTFOLD_DATA_DIR meant?',
      'CHARTFOLD_XYZ_ABC_DEF is not read.',
    ]);
    for (const TRUSTED_PROXIES of ['0.0.0.0/0', '10.0.0.1, ::/0'])
      expect(configWarnings({ TRUSTED_PROXIES })).toEqual([
        expect.stringMatching(/^TRUSTED_PROXIES trusts everybody/),
      ]);
    expect(configWarnings({ TRUSTED_PROXIES: '10.0.0.0/8' })).toEqual([]);
  });
});

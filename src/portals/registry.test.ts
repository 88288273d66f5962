// Proves which portals an instance has: built in, overridden, added, simulated, and what would switch one on.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, readConfig } from '../platform/config/read.ts';
import { vendors } from './index.ts';
import {
  createRegistry,
  hasConfiguredPortal,
  type PortalRegistry,
  portalFaults,
  tellsClinic,
  vendorKeys,
} from './registry.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'chartfold-registry-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const names = vendorKeys.map((key) => key.name);
const simulated = {
  baseUrl: 'http://127.0.0.1:4201',
  servers: [],
  clientIdOf: (vendor: string, environment: string) => `${vendor}-${environment}`,
};

function configured(env: Record<string, string>, portals: object[] = []): Config {
  const file = join(dir, 'portals.json');
  writeFileSync(file, JSON.stringify({ portals }));
  return readConfig({ ...env, CHARTFOLD_CONFIG: file }, names);
}

/** The entries of the vendor that these tests configure. */
function ofOne({ entries }: PortalRegistry) {
  return entries.filter(({ vendor }) => vendor.portal.id === 'athenahealth');
}

describe('a portal', () => {
  it('is off until its client id is set, and says which key that is', () => {
    const registry = createRegistry(configured({}), null);
    expect(ofOne(registry).map((e) => [e.key, e.registration, e.switchOn])).toEqual([
      ['athenahealth/production', null, 'ATHENA_CLIENT_ID'],
      ['athenahealth/preview', null, 'ATHENA_SANDBOX_CLIENT_ID'],
    ]);
    expect(() => registry.usable('athenahealth/preview', '')).toThrow(
      expect.objectContaining({
        code: 'connection.portal_off',
        detail: 'ATHENA_SANDBOX_CLIENT_ID',
      }),
    );
    expect(() => registry.usable('athenahealth/else', '')).toThrow(
      expect.objectContaining({ code: 'connection.unknown_portal' }),
    );
  });

  it('chosen as a whole says which clinic it was where its vendor tells', () => {
    const { entries } = createRegistry(configured({}), null);
    const telling = entries.filter(tellsClinic).map(({ vendor }) => vendor.portal.id);
    expect([...new Set(telling)]).toEqual(['athenahealth']);
  });

  it('may be used in production and preview at once, each with its own client', () => {
    const config = configured({
      ATHENA_CLIENT_ID: 'p',
      ATHENA_SANDBOX_CLIENT_ID: 's',
      ATHENA_SANDBOX_CLIENT_SECRET: 'x',
    });
    const registry = createRegistry(config, null);
    const production = registry.usable('athenahealth/production', '');
    const preview = registry.usable('athenahealth/preview', '');
    expect(production.registration).toEqual({ clientId: 'p', auth: 'none', clientSecret: null });
    expect(preview.registration).toEqual({
      clientId: 's',
      auth: 'client_secret_basic',
      clientSecret: 'x',
    });
    expect(production.fhirBaseUrl).not.toBe(preview.fhirBaseUrl);
    expect(production.aud).toBe(production.fhirBaseUrl);
    expect(hasConfiguredPortal(config)).toBe(true);
  });

  it('is a client with a key where that is asked for', () => {
    const config = configured({ ATHENA_CLIENT_ID: 'p', ATHENA_AUTH: 'private_key_jwt' });
    const { registration } = createRegistry(config, null).usable('athenahealth/production', '');
    expect(registration).toEqual({ clientId: 'p', auth: 'private_key_jwt', clientSecret: null });
  });

  it('is run by the simulator where it is not configured, and marked so', () => {
    const registry = createRegistry(configured({ ATHENA_CLIENT_ID: 'p' }), simulated);
    expect(registry.usable('athenahealth/production', '').simulated).toBe(false);
    const preview = registry.usable('athenahealth/preview', '');
    expect(preview).toMatchObject({
      simulated: true,
      fhirBaseUrl: 'http://127.0.0.1:4201/athenahealth/preview/fhir/r4',
      registration: { clientId: 'athenahealth-preview', auth: 'none' },
    });
    expect(preview.directoryUrl).toContain('http://127.0.0.1:4201/athenahealth/preview/');
    expect(hasConfiguredPortal(configured({}))).toBe(false);
  });
});

describe('an entry of the configuration file', () => {
  const own = {
    vendor: 'athenahealth',
    environment: 'preview',
    fhirBaseUrl: 'https://staging.example/fhir/r4/',
    authorizationEndpoint: 'https://staging.example/authorize',
    tokenEndpoint: 'https://staging.example/token',
    clientId: 'from file',
    clientSecret: 'secret',
    auth: 'client_secret_post',
    scopes: ['openid'],
    aud: 'urn:staging',
    directoryUrl: 'https://staging.example/clinics.json',
    requestsPerMinute: 250,
  };

  it('without a name overrides the built-in one, every address of it', () => {
    const config = configured({ ATHENA_SANDBOX_CLIENT_ID: 'from key' }, [own]);
    const entries = ofOne(createRegistry(config, null));
    expect(entries).toHaveLength(2);
    expect(entries[1]).toMatchObject({
      key: 'athenahealth/preview',
      fhirBaseUrl: 'https://staging.example/fhir/r4',
      authorizationEndpoint: own.authorizationEndpoint,
      tokenEndpoint: own.tokenEndpoint,
      scopes: ['openid'],
      aud: 'urn:staging',
      directoryUrl: own.directoryUrl,
      registration: { clientId: 'from file', auth: 'client_secret_post', clientSecret: 'secret' },
      vendor: { portal: { requests: { rate: { requests: 250, in: 'minute' } } } },
    });
    expect(entries[0]?.vendor.portal.requests.rate).toEqual({ requests: 500, in: 'second' });
  });

  it('with a name adds one, which takes nothing from the keys of the built-in one', () => {
    const keys = { ATHENA_SANDBOX_CLIENT_ID: 'from key', ATHENA_SANDBOX_CLIENT_SECRET: 's' };
    const config = configured(keys, [
      { ...own, name: 'Staging', clientSecret: null, auth: null },
      { vendor: 'athenahealth', environment: 'preview', name: 'Other' },
    ]);
    const entries = ofOne(createRegistry(config, null));
    expect(entries.map((e) => [e.key, e.name, e.registration?.auth ?? null])).toEqual([
      ['athenahealth/production', 'athenahealth', null],
      ['athenahealth/preview', 'athenahealth', 'client_secret_basic'],
      ['athenahealth/preview/Staging', 'Staging', 'none'],
      ['athenahealth/preview/Other', 'Other', null],
    ]);
    expect(entries[3]?.switchOn).toBe('clientId in its entry of CHARTFOLD_CONFIG');
  });

  it('with a name is never run by the simulator', () => {
    const config = configured({}, [{ vendor: 'athenahealth', name: 'Other' }]);
    const added = createRegistry(config, simulated).entries.find((e) => e.name === 'Other');
    expect(added).toMatchObject({ simulated: false, registration: null });
  });
});

describe('what no portal can use', () => {
  it('is told all at once, each with its key, and no secret is quoted', () => {
    const config = configured(
      {
        ATHENA_CLIENT_ID: 'p',
        ATHENA_AUTH: 'magic-word',
        ATHENA_SANDBOX_CLIENT_ID: 's',
        ATHENA_SANDBOX_AUTH: 'client_secret_basic',
      },
      [
        { vendor: 'nobody', clientSecret: 'hush-hush' },
        { vendor: 'athenahealth', name: 'A', clientId: 'a', auth: 'client_secret_post' },
        { vendor: 'athenahealth', name: 'A', clientId: 'b', clientSecret: 'hush-hush' },
      ],
    );
    expect(portalFaults(config)).toEqual([
      `CHARTFOLD_CONFIG: there is no vendor nobody; known are ${vendors.map(({ portal }) => portal.id).join(', ')}`,
      'CHARTFOLD_CONFIG: athenahealth/production/A is there twice; give each a name of its own',
      'ATHENA_AUTH: must be one of none, client_secret_basic, client_secret_post, private_key_jwt',
      'CHARTFOLD_CONFIG: athenahealth, A: clientSecret is missing, but client_secret_post needs it',
      'ATHENA_SANDBOX_CLIENT_SECRET: is missing, but client_secret_basic needs it',
    ]);
    expect(() => createRegistry(config, null)).toThrow(
      expect.objectContaining({ code: 'config.invalid' }),
    );
  });

  it('is nothing where a portal is off', () => {
    expect(portalFaults(configured({ ATHENA_AUTH: 'magic-word' }))).toEqual([]);
  });
});

describe('the keys of the vendors', () => {
  it('are each described, and only secrets have no example', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const key of vendorKeys) {
      expect(key.meaning).toMatch(/\.$/);
      expect(key.example === '').toBe('secret' in key);
      expect('secret' in key).toBe(key.name.endsWith('_SECRET'));
    }
  });
});

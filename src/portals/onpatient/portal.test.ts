// Proves OnPatient's folder: data that is data, and that each oddity is there for a reason: without it, something
// fails against a vendor that behaves as documented.

import { afterEach, describe, expect, it } from 'vitest';
import { outbound } from '../../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { attemptCookie, hashOfLink } from '../../connections/attempts.ts';
import { beginConnection } from '../../connections/begin.ts';
import { candidateOf } from '../../connections/confirm.ts';
import { getConnection } from '../../connections/context.ts';
import { readConfig } from '../../platform/config/read.ts';
import type { ErrorCode } from '../../platform/errors.ts';
import type { Outbound } from '../../platform/outbound.ts';
import { readReceipt } from '../../records/runs.ts';
import type { Portal, Vendor } from '../portal.ts';
import { createRegistry, portalFaults, vendorKeys } from '../registry.ts';
import { onpatientBehaviour } from './behaviour.ts';
import { onpatient } from './portal.ts';

const keys = vendorKeys.map(({ name }) => name);
const as = (code: ErrorCode) => expect.objectContaining({ code });

describe('the portal as data', () => {
  it('survives a round trip through JSON', () => {
    expect(JSON.parse(JSON.stringify(onpatient))).toEqual(onpatient);
  });

  it('asks for each type that there is, once, without a parameter', () => {
    const { questions } = onpatient;
    expect(questions.map(({ type }) => type).sort()).toEqual(
      Object.keys(onpatientBehaviour.requiredParameters).sort(),
    );
    expect(questions.every(({ parameters }) => Object.keys(parameters).length === 0)).toBe(true);
    expect(new Set(questions.map(({ key }) => key)).size).toBe(questions.length);
  });

  it('is switched on by an id and a secret, which it does not go without', () => {
    const faultsWith = (env: Record<string, string>) => portalFaults(readConfig(env, keys));
    const both = { ONPATIENT_CLIENT_ID: 'id', ONPATIENT_CLIENT_SECRET: 'secret' };
    expect(faultsWith(both)).toEqual([]);
    expect(faultsWith({ ONPATIENT_CLIENT_ID: 'id' })).toEqual([
      expect.stringContaining('ONPATIENT_CLIENT_SECRET'),
    ]);
    const entry = createRegistry(readConfig(both, keys), null).usable('onpatient/production', '');
    expect(entry.registration).toEqual({
      clientId: 'id',
      auth: 'client_secret_post',
      clientSecret: 'secret',
    });
  });

  it('says before the sign-in who can use the access', () => {
    expect(onpatient.notes.join(' ')).toMatch(/somebody else runs this server/);
  });
});

describe('each oddity has its reason', () => {
  let program: TestProgram;
  afterEach(() => program.close());

  type Options = NonNullable<Parameters<typeof startProgram>[0]>;
  const withPortal = (change: Partial<Portal>) => (vendor: Vendor) => ({
    ...vendor,
    portal: { ...vendor.portal, ...change },
  });
  const start = async (change: Partial<Portal> = {}, options: Options = {}) => {
    program = await startProgram({
      portal: 'onpatient',
      vendor: withPortal(change),
      ...options,
    });
  };
  const failureOf = async () => (await program.signIn()).failed;
  const receiptOf = async (connection: string) => {
    const run = await program.sync(connection);
    return (await readReceipt(program.db, run.id)) ?? expect.fail('no receipt');
  };
  const question = async (key: string) =>
    (await receiptOf(await program.connect())).questions.find((one) => one.key === key);

  describe('endpoints that are written', () => {
    it('lead to the sign-in and to everything that there is', async () => {
      await start();
      const { questions } = await receiptOf(await program.connect());
      expect(questions.map(({ outcome }) => outcome)).toEqual(
        onpatient.questions.map(() => 'full'),
      );
      expect(questions.every(({ received }) => received > 0)).toBe(true);
    });
    it('are needed, since the server does not describe itself', async () => {
      const { production } = onpatient.environments;
      await start({ environments: { production: { ...production, endpoints: null } } });
      const { go } = await program.begin();
      await expect(program.follow(go)).rejects.toEqual(as('smart.discovery_failed'));
    });
  });

  describe('the authorization request', () => {
    const asked = async (change: Partial<Portal> = {}) => {
      await start(change);
      const { go } = await program.begin();
      const { location } = await program.follow(go);
      return [...new URL(location).searchParams.keys()].sort();
    };
    const documented = ['client_id', 'redirect_uri', 'response_type', 'scope'];

    it('has the documented parameters and a state, and no other', async () => {
      expect(await asked()).toEqual([...documented, 'state']);
    });
    it('would have a challenge if the portal had PKCE', async () => {
      expect(await asked({ pkce: true })).toContain('code_challenge');
    });
    it('would name the FHIR base if the portal asked for it', async () => {
      expect(await asked({ aud: 'fhir-base-url' })).toContain('aud');
    });
    it('asks for the one scope; others are granted to nobody', async () => {
      await start({ scopes: ['patient/Patient.read'] });
      expect(await failureOf()).not.toBeNull();
    });
  });

  it('the secret goes in the body, and is refused in a header', async () => {
    await start({ auth: ['client_secret_basic'] });
    expect(await failureOf()).toEqual(as('smart.wrong_client'));
  });

  describe('the patient', () => {
    it('is the one whom the token shows, since the reply names nobody', async () => {
      await start();
      const { connectionId } = await program.signIn();
      const connection = await getConnection(program.db, connectionId);
      expect(candidateOf(program.context, connection)).toMatchObject({
        name: 'Nora Marie Ellingsen',
      });
    });
    it('is not found in the reply', async () => {
      await start({ patientFrom: ['token', 'fhirUser'] });
      expect(await failureOf()).toEqual(as('smart.no_patient'));
    });
  });

  describe('a state that does not come back', () => {
    const lose = () => program.simulator.control.setFaults(['state.lost']);

    it('is no hindrance to the one browser that was sent away', async () => {
      await start();
      lose();
      expect(await failureOf()).toBeNull();
    });
    it('ends the sign-in where it is not known to be lost', async () => {
      await start({ stateMayBeLost: false });
      lose();
      await expect(program.signIn()).rejects.toEqual(as('smart.state_mismatch'));
    });
    it('is not made up for another browser, nor for one that was sent away twice', async () => {
      await start();
      lose();
      const first = await program.begin();
      const back = await program.browse(first.go);
      expect(back.query.has('state')).toBe(false);
      const stranger = { ...back, cookieOf: () => undefined };
      await expect(program.comeBack(stranger)).rejects.toEqual(as('smart.state_mismatch'));

      const second = await program.begin();
      const { cookie } = await program.follow(second.go);
      const name = attemptCookie(hashOfLink(second.go.split('/').at(-1) ?? ''));
      const cookieOf = (asked: string) => (asked === name ? cookie?.value : back.cookieOf(asked));
      await expect(program.comeBack({ ...back, cookieOf })).rejects.toEqual(
        as('smart.state_mismatch'),
      );
    });
    it('is not made up after ten minutes', async () => {
      let now = Date.now();
      await start({}, { clock: { now: () => now, wait: async () => undefined } });
      lose();
      const back = await program.browse((await program.begin()).go);
      now += 10 * 60_000 + 1;
      await expect(program.comeBack(back)).rejects.toEqual(as('smart.state_mismatch'));
    });
    it('that comes back wrong is refused all the same', async () => {
      await start();
      const back = await program.browse((await program.begin()).go);
      back.query.set('state', 'x'.repeat(43));
      await expect(program.comeBack(back)).rejects.toEqual(as('smart.state_mismatch'));
    });
  });

  describe('an address to be sent back to', () => {
    const begin = async (publicUrl: string, change: Partial<Portal> = {}) => {
      await start();
      const env = { ONPATIENT_CLIENT_ID: 'id', ONPATIENT_CLIENT_SECRET: 'secret' };
      const own = createRegistry(readConfig(env, keys), null);
      const registry = {
        ...own,
        usable: (key: string, clinicId: string) => {
          const entry = own.usable(key, clinicId);
          return { ...entry, vendor: withPortal(change)(entry.vendor) };
        },
      };
      return beginConnection(
        { ...program.context, registry, publicUrl },
        {
          portal: 'onpatient/production',
          clinicId: '',
          personId: null,
          via: 'app',
          confirms: false,
          by: null,
          key: null,
        },
      );
    };
    it('begins with https, else nobody is sent away', async () => {
      await expect(begin('http://localhost:4200')).rejects.toEqual(as('connection.needs_https'));
    });
    it('may be of this machine', async () => {
      expect((await begin('https://localhost:4200')).go).toContain('https://localhost:4200/');
    });
    it('that begins with http would pass if the portal took it', async () => {
      const redirects = { https: false, localhost: true };
      expect((await begin('http://localhost:4200', { redirects })).go).toBeTruthy();
    });
  });

  describe('a page that is too much', () => {
    const tooMany = { name: 'page.too-many', type: 'Observation', most: 20 };
    it('is asked for with fewer records by page-size', async () => {
      await start();
      program.simulator.control.setFaults([tooMany]);
      expect(await question('observations')).toMatchObject({ outcome: 'full' });
    });
    it.each([['_count'], [null]])('is not made smaller by %j', async (countParameter) => {
      await start({ countParameter });
      program.simulator.control.setFaults([tooMany]);
      expect(await question('observations')).toMatchObject({ outcome: 'failed' });
    });
  });

  describe('a search', () => {
    const behaviour = { exactTypes: ['Immunization'] };
    it('has no parameter, which a vendor that knows none answers', async () => {
      await start({}, { behaviour });
      expect(await question('immunizations')).toMatchObject({ outcome: 'full' });
    });
    it('with the patient named is refused by such a one', async () => {
      const questions = onpatient.questions.map((one) => ({
        ...one,
        parameters: { patient: '{patient}' },
      }));
      await start({ questions }, { behaviour });
      expect(await question('immunizations')).not.toMatchObject({ outcome: 'full' });
    });
  });

  describe('a record whose version moves without a change', () => {
    const secondSync = async () => {
      program.simulator.control.setFaults(['meta.lastUpdated-moves']);
      const connection = await program.connect();
      await receiptOf(connection);
      return (await receiptOf(connection)).run.sums;
    };
    it('is no other record', async () => {
      await start();
      expect(await secondSync()).toMatchObject({ new: 0, changed: 0 });
    });
    it('would be another each time', async () => {
      await start({ volatilePaths: [] });
      expect((await secondSync()).changed).toBeGreaterThan(0);
    });
  });

  describe('after two days', () => {
    const later = async (options: Options = {}) => {
      let now = Date.now();
      await start({}, { clock: { now: () => now, wait: async () => undefined }, ...options });
      const connection = await program.connect();
      now += 49 * 3_600_000;
      return connection;
    };
    it('access is renewed, and the next sync goes on', async () => {
      const connection = await later();
      const { questions } = await receiptOf(connection);
      expect(questions.every(({ outcome }) => outcome === 'full')).toBe(true);
      expect(program.simulator.control.requestCounts()).toMatchObject({ renewals: 1 });
    });
    it('a sign-in is asked for where it is not', async () => {
      const connection = await later();
      program.simulator.control.setFaults(['access.revoked']);
      await receiptOf(connection);
      expect(await getConnection(program.db, connection)).toMatchObject({
        status: 'sign-in-again',
        status_code: 'smart.sign_in_again',
      });
    });
  });

  it('types that are answered with a redirect are followed there, with the token', async () => {
    const asked: string[] = [];
    const noting: Outbound = async (url, init) => {
      const answer = await outbound(url, init);
      if (new Headers(init?.headers).has('authorization'))
        asked.push(`${answer.status} ${new URL(url).pathname.split('/').slice(-2).join('/')}`);
      return answer;
    };
    await start({}, { outbound: noting });
    expect(await question('conditions')).toMatchObject({ outcome: 'full' });
    expect(asked).toEqual(expect.arrayContaining(['302 fhir/Condition', '200 Condition/']));
  });
});

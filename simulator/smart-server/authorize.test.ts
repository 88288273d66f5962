// The authorization endpoint and its pages, through real HTTP.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allScopes,
  type AppKey,
  authorizationUrl,
  authorize,
  connect,
  makeApp,
  makeBrowser,
  redirectUri,
  startWithApps,
  walk,
} from '../testing/app.ts';
import type { RunningSimulator } from '../start.ts';

let simulator: RunningSimulator;
let key: AppKey;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ simulator, key, close } = await startWithApps());
});
afterAll(() => close());

describe('the authorization request', () => {
  it('comes back with a code, the state and the issuer [RFC 9207 2]', async () => {
    const { url } = await authorize(simulator);
    expect(`${url.origin}${url.pathname}`).toBe(redirectUri);
    expect(url.searchParams.get('code')).toMatch(/^[\w-]{20,}$/);
    expect(url.searchParams.get('state')).toBe('state-of-this-attempt');
    expect(url.searchParams.get('iss')).toBe(`${simulator.url}/athenahealth/production/okta`);
  });

  it.each([
    ['no aud', { aud: undefined }, 'invalid_request'],
    [
      'an aud with a slash more',
      { aud: 'http://127.0.0.1/athenahealth/production/fhir/r4/' },
      'invalid_request',
    ],
    [
      'no code challenge',
      { code_challenge: undefined, code_challenge_method: undefined },
      'invalid_request',
    ],
    ['a plain code challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
  ])(
    'is refused with %s, and the app is told [SMART 2.2 @41 @44]',
    async (_what, parameters, error) => {
      const { url } = await authorize(simulator, { parameters });
      const answer = new URLSearchParams(url.search === '' ? url.hash.slice(1) : url.search);
      expect(answer.get('error')).toBe(error);
      expect(answer.get('code')).toBeNull();
      expect(answer.get('state')).toBe('state-of-this-attempt');
    },
  );

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['an address that was not registered', { redirect_uri: 'http://localhost:4200/elsewhere' }],
  ])(
    'with %s ends on a page and never leaves for the address [RFC 6749 4.1.2.1]',
    async (_what, parameters) => {
      const response = await makeBrowser().get(authorizationUrl(simulator, { parameters }).url);
      expect(response.status).toBe(400);
      expect(response.headers.get('location')).toBeNull();
      expect(await response.text()).toContain('This request cannot go on');
    },
  );

  it('can be posted, as the capability authorize-post says', async () => {
    const browser = makeBrowser();
    const { url } = authorizationUrl(simulator, {});
    const { origin, pathname, searchParams } = new URL(url);
    const first = await browser.post(`${origin}${pathname}`, searchParams);
    const end = new URL(await walk(simulator, first, {}, browser));
    expect(end.searchParams.get('code')).not.toBeNull();
  });

  it('serves two attempts of one browser at once, each with its own person', async () => {
    const browser = makeBrowser();
    const first = authorizationUrl(simulator, { parameters: { state: 'first' } });
    const second = authorizationUrl(simulator, { parameters: { state: 'second' } });
    const firstPage = await browser.get(first.url);
    const secondPage = await browser.get(second.url);
    const ends = [
      await walk(simulator, secondPage, { username: 'inge@example.org' }, browser),
      await walk(simulator, firstPage, { practice: '40192' }, browser),
    ].map((end) => new URL(end).searchParams);
    expect(ends.map((end) => end.get('state'))).toEqual(['second', 'first']);
    const app = makeApp(simulator, 'none', key);
    const replies = await Promise.all(
      [second, first].map(({ verifier, nonce }, at) =>
        app.exchange({ url: new URL(`${redirectUri}?${ends[at]?.toString()}`), verifier, nonce }),
      ),
    );
    expect(replies.map(({ body }) => body.patient)).toEqual(['a-31057.E-977', 'a-40192.E-618']);
  });
});

describe('the pages', () => {
  it('say that a login is wrong and let the person try again', async () => {
    const browser = makeBrowser();
    const start = await browser.get(authorizationUrl(simulator, {}).url);
    const page = new URL(start.headers.get('location') ?? '', simulator.url).href;
    const wrong = await browser.post(page, { username: 'nora@example.org', password: 'guess' });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain('do not belong together');
    const right = await browser.post(page, {
      username: 'Nora@Example.org ',
      password: 'Sample-Login-1',
    });
    expect(right.status).toBe(303);
  });

  it('carry a policy without script that lets the form go on to the app', async () => {
    const browser = makeBrowser();
    const start = await browser.get(authorizationUrl(simulator, {}).url);
    const page = await browser.get(
      new URL(start.headers.get('location') ?? '', simulator.url).href,
    );
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
    expect(policy).toContain("form-action 'self' http://localhost:4200");
    const html = await page.text();
    expect(html).toMatch(/<html lang="en">/);
    expect(html.match(/<form method="post"/g)).toHaveLength(1);
    expect(html).not.toContain('<script');
  });

  it('ask for the practice only when the account reaches several', async () => {
    const several = await connect(simulator, key, { practice: '40192' });
    expect(several.patient).toBe('a-40192.E-618');
    const one = await connect(simulator, key, { username: 'inge@example.org', practice: 'none' });
    expect(one.patient).toBe('a-31057.E-977');
  });

  it('let a parent choose the record of a child', async () => {
    const child = await connect(simulator, key, {
      username: 'tomas@example.org',
      practice: '18823',
    });
    expect(child.patient).toBe('a-18823.E-5310');
    const patient = await (await child.get(`Patient/${child.patient}`)).json();
    expect(patient.name[0].given[0]).toBe('Ada');
  });

  it('tell the app when the person denies', async () => {
    const { url } = await authorize(simulator, { decision: 'deny' });
    expect(url.searchParams.get('error')).toBe('access_denied');
    expect(url.searchParams.get('code')).toBeNull();
  });

  it('grant only what stays ticked', async () => {
    const { token, get, patient } = await connect(simulator, key, {
      untick: ['patient/Goal.read'],
    });
    expect(String(token.scope).split(' ')).not.toContain('patient/Goal.read');
    expect(String(token.scope).split(' ')).toContain('patient/Device.read');
    expect((await get(`Goal?patient=${patient}`)).status).toBe(403);
  });

  it('drop scopes that the vendor does not know', async () => {
    const { token } = await connect(simulator, key, {
      scope: `${allScopes} patient/Coverage.read`,
    });
    expect(String(token.scope)).toBe(allScopes);
  });

  it('take the published login of the preview, at practice 80000', async () => {
    const { patient } = await connect(simulator, key, { environment: 'preview' });
    expect(patient).toBe('a-80000.E-14545');
  });

  it('say that a finished attempt is over instead of failing', async () => {
    const browser = makeBrowser();
    const start = await browser.get(authorizationUrl(simulator, {}).url);
    const page = new URL(start.headers.get('location') ?? '', simulator.url).href;
    await walk(simulator, start, {}, browser);
    const again = await browser.get(page);
    expect(again.status).toBe(400);
    expect(await again.text()).toContain('already finished');
  });

  it('survive reload and going back to another account', async () => {
    const browser = makeBrowser();
    const start = await browser.get(authorizationUrl(simulator, {}).url);
    const page = new URL(start.headers.get('location') ?? '', simulator.url).href;
    await browser.post(page, { username: 'inge@example.org', password: 'Sample-Login-1' });
    expect(await (await browser.get(page)).text()).toContain('name="decision"');
    expect(await (await browser.get(page)).text()).toContain('name="decision"');
    expect(await (await browser.get(`${page}?restart=1`)).text()).toContain('name="username"');
  });
});

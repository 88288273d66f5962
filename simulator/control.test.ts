// The simulator's own interface over HTTP, and the simulator as a process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { faultCatalogue } from './faults.ts';
import { makeLog } from './log.ts';
import { type RunningSimulator, startSimulator } from './start.ts';
import { type AppKey, connect, startWithApps } from './testing/app.ts';

describe('the control interface', () => {
  let simulator: RunningSimulator;
  let key: AppKey;
  let close: () => Promise<void>;

  beforeAll(async () => {
    ({ simulator, key, close } = await startWithApps());
  });
  afterAll(() => close());

  const post = (path: string, body: unknown) =>
    fetch(`${simulator.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    });

  it('shows a page with the logins and a switch for each fault, without script', async () => {
    const response = await fetch(simulator.url);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const html = await response.text();
    expect(html).toContain('nora@example.org');
    expect(html.match(/name="fault"/g)).toHaveLength(faultCatalogue.length);
    expect(html).not.toContain('<script');
  });

  it('replaces the set of faults, and says which names there are when one is wrong', async () => {
    const on = [{ name: 'page.500', times: 2, type: 'Observation' }, 'reply.slow'];
    expect(await (await post('/_simulator/faults', { on })).json()).toEqual({
      on: [on[0], { name: 'reply.slow' }],
    });
    const wrong = await post('/_simulator/faults', { on: ['page.nonsense'] });
    expect(wrong.status).toBe(400);
    expect((await wrong.json()).error).toContain('page.truncated-json');
    await post('/_simulator/faults', { on: [] });
    expect((await (await fetch(`${simulator.url}/_simulator/state`)).json()).faults).toEqual([]);
  });

  it('takes the form of its own page and no other page’s', async () => {
    const form = (origin: string) =>
      fetch(`${simulator.url}/_simulator/faults`, {
        method: 'POST',
        body: new URLSearchParams({ fault: 'page.500' }),
        headers: { origin },
        redirect: 'manual',
      });
    expect((await form('http://evil.example')).status).toBe(400);
    expect(simulator.control.faults()).toEqual([]);
    expect((await form(simulator.url)).status).toBe(303);
    expect(simulator.control.faults()).toEqual([{ name: 'page.500' }]);
    simulator.control.setFaults([]);
  });

  it('refuses a host name that is not its own, so that no page can rebind to it', async () => {
    for (const path of ['/', '/_simulator/state', '/athenahealth/production/fhir/r4/metadata']) {
      expect(await statusFor(`${simulator.url}${path}`, 'evil.example')).toBe(421);
    }
    expect(await statusFor(`${simulator.url}/`, new URL(simulator.url).host)).toBe(200);
  });

  it('tells what clients sent: practice, header names, counts, and no token', async () => {
    const { get, patient, token } = await connect(simulator, key);
    await post('/_simulator/faults', { on: [] });
    await get(`Goal?patient=${patient}&ah-practice=Organization/a-1.Practice-24411`);
    const reply = await fetch(`${simulator.url}/_simulator/requests`);
    const text = await reply.text();
    const { requests, counts } = JSON.parse(text);
    expect(requests.at(-1)).toMatchObject({
      environment: 'production',
      method: 'GET',
      path: '/fhir/r4/Goal',
      type: 'Goal',
      status: 200,
      client: 'none',
      authorization: 'Bearer',
      query: 'patient={…}&ah-practice=Organization/a-1.Practice-24411',
    });
    expect(counts.token).toBeGreaterThanOrEqual(1);
    expect(text).not.toContain(String(token.access_token));
    expect(text).not.toContain(patient);
  });

  it('edits and deletes a resource so that the next answer and the truth show it', async () => {
    const { get, patient } = await connect(simulator, key);
    const truth = async () =>
      (
        await fetch(`${simulator.url}/_simulator/truth?environment=production&patient=${patient}`)
      ).json();
    const before = await truth();
    const goal = before.resources.find(({ type }: { type: string }) => type === 'Goal').id;
    const body = { environment: 'production', type: 'Goal', id: goal };
    await post('/_simulator/edit', { ...body, set: { lifecycleStatus: 'completed' } });
    const changed = await (await get(`Goal/${goal}`)).json();
    expect(changed.lifecycleStatus).toBe('completed');
    expect(changed.meta.lastUpdated > '2026-01-16').toBe(true);
    const found = await (await get(`Goal?patient=${patient}&_lastUpdated=gt2026-01-16`)).json();
    expect(found.entry.map(({ resource }: { resource: { id: string } }) => resource.id)).toEqual([
      goal,
    ]);
    const after = await truth();
    const digestOf = (list: typeof before) =>
      list.resources.find(({ id }: { id: string }) => id === goal)?.sha256;
    expect(digestOf(after)).not.toBe(digestOf(before));
    await post('/_simulator/edit', { ...body, delete: true });
    expect((await get(`Goal/${goal}`)).status).toBe(404);
    expect((await truth()).resources).toHaveLength(before.resources.length - 1);
    expect((await post('/_simulator/edit', { ...body, delete: true })).status).toBe(400);
  });

  it('keeps the exact numbers of an edited text', async () => {
    const { get, patient } = await connect(simulator, key);
    const { resources } = simulator.control.truth('production', patient);
    const id = resources.find(({ type }) => type === 'Device')?.id ?? '';
    const before = await (await get(`Device/${id}`)).text();
    const edited = before.replace('"status":"active"', '"status":"active","x":565.60');
    simulator.control.edit({ environment: 'production', type: 'Device', id, text: edited });
    expect(await (await get(`Device/${id}`)).text()).toContain('"x":565.60');
  });

  it('registers a client while it runs, and says which field of a registration is wrong', async () => {
    const client = {
      portal: 'athenahealth',
      environment: 'preview',
      clientId: 'late',
      auth: 'none',
      redirectUris: ['https://health.example.org/athena/callback'],
    };
    expect((await post('/_simulator/clients', client)).status).toBe(200);
    const wrong = await post('/_simulator/clients', { ...client, auth: 'client_secret_basic' });
    expect((await wrong.json()).error).toContain('clientSecret');
  });
});

describe('the process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  });

  const start = (args: readonly string[], env: Record<string, string> = {}) => {
    const main = new URL('./main.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
    children.push(child);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
    return { child, output };
  };

  it('prints one JSON line when it listens, nothing else, and ends on SIGTERM', async () => {
    const clients = JSON.stringify([
      {
        portal: 'athenahealth',
        environment: 'production',
        clientId: 'from-the-environment',
        auth: 'none',
        redirectUris: ['http://localhost:4200/athena/callback'],
      },
    ]);
    const { child, output } = start(['--port', '0'], { CHARTFOLD_SIMULATOR_CLIENTS: clients });
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const { ready, url, pid } = JSON.parse(output.stdout);
    expect([ready, pid]).toEqual([true, child.pid]);
    const state = await (await fetch(`${url}/_simulator/state`)).json();
    expect(state.environments[0].clients[0].clientId).toBe('from-the-environment');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output.stdout.trim().split('\n')).toHaveLength(1);
    expect(output.stderr).toBe('');
  });

  it('ends when its parent closes standard input, if told to watch it', async () => {
    const { child } = start(['--port', '0', '--with-parent']);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('names the key that changes the port when the port is in use', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as { port: number };
    const { child, output } = start(['--port', String(port)]);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output.stderr).toContain('CHARTFOLD_SIMULATOR_PORT');
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
    await new Promise((resolve) => holder.close(resolve));
  });

  it.each([
    [['--host', '0.0.0.0'], 'only on this machine'],
    [['--size', 'many'], 'size'],
    [['--faults', 'page.nonsense'], 'page.500'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const { child, output } = start(['--port', '0', ...args]);
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output.stderr).toContain(sentence);
  });
});

describe('the log', () => {
  it('holds no token, name or id, even when it tells every request', async () => {
    const lines: string[] = [];
    const log = makeLog('debug', (line) => lines.push(line));
    const { simulator, key, close } = await startWithApps({ log });
    try {
      const { get, patient, token, app } = await connect(simulator, key);
      await get(`Patient/${patient}`);
      await get(`Observation?patient=${patient}`);
      await app.refresh(token.refresh_token);
      const text = lines.join('');
      expect(lines.length).toBeGreaterThan(8);
      expect(text).toContain('/fhir/r4/Patient/{id}');
      for (const secret of [
        token.access_token,
        token.refresh_token,
        patient,
        'Ellingsen',
        'nora@',
      ]) {
        expect(text).not.toContain(String(secret));
      }
    } finally {
      await close();
    }
  });
});

describe('the public host', () => {
  it('is in every address that is given out, and only it reaches the portals', async () => {
    const simulator = await startSimulator({ publicHost: 'localhost' });
    try {
      const { hostname, port, host } = new URL(simulator.url);
      expect(hostname).toBe('localhost');
      const path = '/athenahealth/preview/fhir/r4/.well-known/smart-configuration';
      const listened = `http://127.0.0.1:${port}${path}`;
      expect(await statusFor(listened, host)).toBe(200);
      expect(await statusFor(listened, `127.0.0.1:${port}`)).toBe(421);
      expect(
        await statusFor(`http://127.0.0.1:${port}/_simulator/state`, `127.0.0.1:${port}`),
      ).toBe(200);
    } finally {
      await simulator.close();
    }
  });
});

/** fetch cannot send another Host header; node:http can. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

// Proves the verbs that talk to a portal, as processes against the simulated one: connect by a link that needs no
// session, sync, explain, end; with a server and without.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CommandLine,
  commandLine,
  type Ended,
  type Started,
} from '../../e2e/support/command-line.ts';
import { walk } from './selftest/scripted-browser.ts';

const ADA = {
  username: 'nora@example.org',
  password: 'Sample-Login-1',
  practice: '24411',
} as const;

let line: CommandLine;
beforeAll(async () => {
  line = await commandLine();
});
afterAll(() => line.close());

const jsonOf = ({ out }: Ended): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);

/** Starts `connect` and goes through the portal's pages with cookies alone, as `curl -L` with a cookie jar does. */
async function connect(args: readonly string[], decision: 'allow' | 'deny' = 'allow') {
  const connecting = line.start([
    'connect',
    'athenahealth',
    '--clinic',
    '24411',
    '--json',
    ...args,
  ]);
  const [link] = await connecting.said(/http:\/\/localhost:\d+\/connect\/[\w-]+/);
  const end = await walk(link, { ...ADA, decision });
  return { link, end, ended: await connecting.ended };
}

describe('with a server', () => {
  let server: Started;
  let connection: string;
  beforeAll(async () => {
    server = await line.serve();
  });
  afterAll(async () => {
    server.process.kill('SIGTERM');
    await server.ended;
  });

  it('connect ends when its link was followed to the end, by its cookie alone, and the first sync follows', async () => {
    const { link, end, ended } = await connect(['--yes']);
    expect(end.status).toBe(200);
    expect(end.text).toContain('Signed in');
    expect(ended.code).toBe(0);
    const [first, last] = jsonOf(ended);
    expect(first?.link).toBe(link);
    expect(last).toMatchObject({ state: 'ready', connection: first?.connection });
    connection = String(last?.connection);
    const synced = await line.run('sync', connection, '--json');
    expect(synced.code).toBe(0);
    expect(jsonOf(synced)[0]).toMatchObject({ failed: 0, refused: 0, new: expect.any(Number) });
  }, 60_000);

  it('its link gives nothing a second time', async () => {
    const { link } = await connect(['--person', 'new'], 'deny');
    const again = await fetch(link, { redirect: 'manual' });
    expect(again.status).toBeGreaterThanOrEqual(400);
    expect(again.headers.get('location')).toBeNull();
  });

  it('connect says when the person said no, and fails', async () => {
    const { end, ended } = await connect(['--yes', '--person', 'new'], 'deny');
    expect(end.status).toBeGreaterThanOrEqual(400);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('[smart.access_denied]');
    const all = jsonOf(await line.run('connections', '--json'))[0] as unknown as {
      id: string;
      state: { kind: string };
    }[];
    expect(all.filter((c) => c.state.kind === 'ready').map((c) => c.id)).toEqual([connection]);
    expect((await line.run('connections')).out).toMatch(
      / failed, 0 records.*\n {2}You did not allow/,
    );
  });

  it('connect without --yes and without a terminal says who was read, and where to confirm', async () => {
    const connecting = line.start(['connect', 'athenahealth/preview', '--person', 'new']);
    const [link] = await connecting.said(/http:\/\/localhost:\d+\/connect\/[\w-]+/);
    await walk(link, { ...(await previewLogin()), decision: 'allow' });
    const ended = await connecting.ended;
    expect(ended.code).toBe(1);
    expect(ended.out).toMatch(/, born \d{4}-\d\d-\d\d/);
    expect(ended.err).toContain('Confirm the patient in the app, or connect with --yes.');
  });

  it('connect to a clinic or for a person that is not there fails', async () => {
    const clinic = await line.run('connect', 'athenahealth', '--clinic', '1');
    expect([clinic.code, clinic.err.includes('[connection.unknown_clinic]')]).toEqual([1, true]);
    const person = await line.run('connect', 'athenahealth', '--person', 'Nobody');
    expect([person.code, person.err.includes('[person.not_found]')]).toEqual([1, true]);
  });

  it('connect that waits ends with Ctrl-C, and leaves no connection behind', async () => {
    const before = await line.run('connections', '--json');
    const connecting = line.start(['connect', 'athenahealth', '--clinic', '24411']);
    await connecting.said(/It serves this one sign-in/);
    connecting.process.kill('SIGINT');
    expect(await connecting.ended).toMatchObject({
      code: 130,
      err: expect.not.stringContaining('   at '),
    });
    const after = async () => (await line.run('connections', '--json')).out;
    await expect.poll(after, { timeout: 10_000 }).toBe(before.out);
  });

  it('stop ends it, and what was synced is read the same without it', async () => {
    const verbs = [
      ['connections', '--json'],
      ['connections'],
      ['receipt', connection, '--json'],
      ['receipt', connection],
      ['people', 'list'],
      ['portals'],
      ['export', '--format', 'ndjson'],
    ];
    const beside = await Promise.all(verbs.map((args) => line.run(...args)));
    expect(beside.map((ended) => ended.code)).toEqual(verbs.map(() => 0));
    expect(beside[2] && jsonOf(beside[2])[0]).toMatchObject({ failed: 0, refused: 0 });
    expect(await line.run('stop')).toMatchObject({ code: 0 });
    expect((await server.ended).code).toBe(0);
    const alone: Ended[] = [];
    for (const args of verbs) alone.push(await line.run(...args));
    expect(alone).toEqual(beside);
  }, 60_000);

  it('sync does its work by itself where no server runs, and stores nothing twice', async () => {
    const ended = await line.run('sync', '--all', '--json');
    expect(ended.code).toBe(0);
    expect(jsonOf(ended)).toMatchObject([{ new: 0, changed: 0, failed: 0 }]);
  });

  it('disconnect keeps the record, and a sync of it is refused', async () => {
    const [before] = jsonOf(await line.run('people', 'list', '--json'));
    const ended = await line.run('disconnect', connection, '--keep', '--json');
    expect(ended.code).toBe(0);
    expect(jsonOf(ended)).toMatchObject([{ connection, state: 'disconnected', revoked: true }]);
    expect(jsonOf(await line.run('people', 'list', '--json'))[0]).toEqual(before);
    const refused = await line.run('sync', connection);
    expect([refused.code, refused.err.includes('[sync.connection_not_ready]')]).toEqual([1, true]);
  });

  it('disconnect --delete takes what came through it away, and the connection', async () => {
    const ended = await line.run('disconnect', connection, '--delete', '--json');
    expect(ended.code).toBe(0);
    expect(jsonOf(ended)).toMatchObject([{ connection, state: 'deleted', revoked: null }]);
    expect((await line.run('connections')).out).not.toContain(connection);
    expect((await line.run('export', '--format', 'ndjson')).out).toBe('');
  });
});

describe('without a server', () => {
  it('connect listens for as long as the sign-in takes, and ends when the first sync has', async () => {
    const { end, ended } = await connect(['--yes']);
    expect(end.text).toContain('Signed in');
    expect(ended.code).toBe(0);
    const connection = String(jsonOf(ended).at(-1)?.connection);
    const receipt = await line.run('receipt', connection, '--json');
    expect(jsonOf(receipt)[0]).toMatchObject({ finishedAt: expect.any(String), failed: 0 });
  }, 60_000);
});

describe('the simulated portals', () => {
  it('answer this machine alone, whatever the server listens on', async () => {
    const server = line.start(['serve'], { HOST: '0.0.0.0' });
    await server.said(/sign-in#/);
    expect((await fetch(`http://127.0.0.1:${line.simulatorPort}/`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.2:${line.simulatorPort}/`)).rejects.toThrow();
    // The server itself is reached there, and refuses a name that it does not know.
    expect((await fetch(`http://127.0.0.2:${line.port}/api/health`)).status).toBe(421);
    server.process.kill('SIGTERM');
    expect((await server.ended).code).toBe(0);
    await expect(fetch(`http://127.0.0.1:${line.simulatorPort}/`)).rejects.toThrow();
  });

  it('name their key where their port is taken, and leave nothing running', async () => {
    const simulating = line.start(['simulate', '--people', '1', '--size', '60']);
    await simulating.said(/"ready":true/);
    const { code, err } = await line.run('serve');
    expect(code).toBe(1);
    expect(err).toContain('CHARTFOLD_SIMULATOR_PORT');
    expect(err).toContain('[simulator.failed]');
    await expect(fetch(`http://127.0.0.1:${line.port}/api/health`)).rejects.toThrow();
    simulating.process.kill('SIGTERM');
    expect((await simulating.ended).code).toBe(0);
  });

  it('end with a server that was killed, which leaves nothing in the way of the next', async () => {
    const killed = await line.serve();
    killed.process.kill('SIGKILL');
    await killed.ended;
    const gone = () =>
      fetch(`http://127.0.0.1:${line.simulatorPort}/`).then(
        () => false,
        () => true,
      );
    await expect.poll(gone).toBe(true);
    expect(await line.run('people', 'list')).toMatchObject({ code: 0, err: '' });
    const next = await line.serve();
    expect((await line.run('stop')).code).toBe(0);
    expect((await next.ended).code).toBe(0);
  });

  it('alone say what is wrong with how they are started', async () => {
    const wrong = [
      ['--faults', 'no.such.fault'],
      ['--port', 'x'],
      ['--size', 'few'],
    ] as const;
    const ended = wrong.map(([flag, value]) => line.run('simulate', flag, value));
    for (const [at, { code, err }] of (await Promise.all(ended)).entries()) {
      expect(code).toBe(1);
      expect(err).toContain(wrong[at]?.[1]);
      expect(err).not.toMatch(/^\s+at /m);
    }
  });
});

async function previewLogin() {
  const state = (await (
    await fetch(`http://127.0.0.1:${line.simulatorPort}/_simulator/state`)
  ).json()) as {
    environments: {
      name: string;
      accounts: { username: string; password: string; charts: { practiceId: string }[] }[];
    }[];
  };
  const account = state.environments.find((e) => e.name === 'preview')?.accounts[0];
  if (!account) throw new Error('no preview account');
  return {
    username: account.username,
    password: account.password,
    practice: account.charts[0]?.practiceId ?? '',
  };
}

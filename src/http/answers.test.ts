// Proves that an answer stands though a row of it does not, and that the description names every one.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Served, startServed } from '../../e2e/support/served.ts';

let served: Served;
let cookie: string;
beforeEach(async () => {
  served = await startServed();
  cookie = await served.signIn();
});
afterEach(() => served.close());

const ask = (path: string) => fetch(`${served.publicUrl}${path}`, { headers: { cookie } });
const get = async (path: string) => {
  const response = await ask(path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('a row that is not as it should be', () => {
  const put = (table: 'person' | 'connection', values: object) =>
    served.program.db.updateTable(table).set(values).execute();

  it('of a person leaves everyone to be read, without the date that is none', async () => {
    await served.program.connect();
    await put('person', { birth_date: ' 1979-03-11' });
    expect(await get('/api/session')).toMatchObject({
      status: 200,
      body: { people: [{ name: expect.stringContaining('Ellingsen'), birthDate: null }] },
    });
  });

  it.each([
    ['an unknown status', { status: 'elsewhere' }],
    ['no time of its end', { status: 'disconnected', status_since: 'yesterday' }],
    ['a patient that cannot be opened', { status: 'confirm', candidate: 'sealed elsewhere' }],
  ])('of a connection with %s leaves the others, and says so in its place', async (_what, row) => {
    const bad = await served.program.connect();
    await put('connection', row);
    const { connectionId } = await served.program.signIn({}, { practice: '40192' });
    const { status, body } = await get('/api/connections');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      connections: [
        {
          id: bad,
          clinicName: 'athenahealth, practice 24411',
          state: {
            kind: 'failed',
            sentence: expect.stringContaining('cannot be read'),
            act: 'person',
          },
        },
        { id: connectionId, state: { kind: 'confirm' } },
      ],
    });
    const stream = (await ask('/api/events')).body?.getReader();
    const event = new TextDecoder().decode((await stream?.read())?.value);
    expect(event).toContain('cannot be read');
    await stream?.cancel();
  });

  it('that is the whole answer is a problem with a sentence', async () => {
    const id = await served.program.connect();
    await served.program.sync(id);
    const run = await served.program.db
      .selectFrom('sync_run')
      .select('id')
      .executeTakeFirstOrThrow();
    await served.program.db.updateTable('sync_run').set({ started_at: 'yesterday' }).execute();
    const { status, body } = await get(`/api/receipts/${run.id}`);
    expect([status, body.code]).toEqual([500, 'http.answer_unreadable']);
    expect(body.title).toContain('What is stored here cannot be read');
  });
});

describe('the description of the API', () => {
  it('names the stream and the raw text with what they answer', async () => {
    const { paths } = (await (await ask('/api/openapi.json')).json()) as {
      paths: Record<string, { get?: { responses: Record<string, { content: object }> } }>;
    };
    const answered = (path: string) => Object.keys(paths[path]?.get?.responses[200]?.content ?? {});
    expect(answered('/api/events')).toEqual(['text/event-stream']);
    expect(answered('/api/people/{person}/records/{record}/raw')).toEqual(['text/plain']);
  });
});

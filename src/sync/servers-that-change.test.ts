// Proves that a server which is another between two syncs is a sentence and a state, and that nothing that was received
// is lost by it: its address, its version, its sign-in's address and keys, whose record its token opens, its certificate.

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCertificate } from '../../e2e/support/certificate.ts';
import { outbound } from '../../e2e/support/outbound.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { beginAgain } from '../connections/begin.ts';
import { getConnection } from '../connections/context.ts';
import { openGrant } from '../connections/grant.ts';
import { presentReceipts } from '../http/present/overview.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { createOutbound, type Outbound } from '../platform/outbound.ts';

/** What the server answers from now on in place of its own answer; undefined leaves that. */
type Change = (url: string, init: Parameters<Outbound>[1]) => Promise<Response> | undefined;

let program: TestProgram;
let connection: string;
let change: Change;
let before: unknown;

beforeEach(async () => {
  change = () => undefined;
  program = await startProgram({
    portal: 'smart',
    size: 60,
    outbound: (url, init) => change(url, init) ?? outbound(url, init),
  });
  connection = await program.connect();
  await program.sync(connection);
  before = await held();
});
afterEach(() => program.close());

const held = () =>
  program.db
    .selectFrom('resource')
    .select(['type', 'fhir_id', 'current_seq', 'gone_at'])
    .where('source_id', '=', connection)
    .orderBy('id')
    .execute();

/** Syncs again: the codes of the questions, the state, and that all is held as before. */
async function syncAgain() {
  const run = await program.sync(connection);
  expect(await held()).toEqual(before);
  const { questions } = await readReceiptFor(program, run.id);
  const { status, status_code } = await getConnection(program.db, connection);
  // Those by reference have nothing to ask for where nothing came that refers to anything.
  const asked = questions.filter(
    ({ key, outcome, pages }) => key !== 'capabilities' && (outcome !== 'full' || pages > 0),
  );
  return {
    codes: [...new Set(asked.map(({ reason }) => reason?.code))],
    sentences: asked.map(({ reason }) => reason?.sentence ?? ''),
    state: [status, status_code],
  };
}

const isFhir = (url: string) => url.includes('/smart/production/fhir');
/** The next question needs fresh tokens. */
async function endAccess(): Promise<void> {
  await program.db
    .updateTable('connection_grant')
    .set({ expires_at: '2020-01-01T00:00:00.000Z' })
    .execute();
}
/** Something in place of what an address answers, made from it. */
const bent =
  (end: string, bend: (body: Record<string, unknown>) => object | Promise<object>): Change =>
  (url, init) =>
    url.endsWith(end)
      ? outbound(url, init).then(async (answer) =>
          Response.json(await bend((await answer.json()) as Record<string, unknown>)),
        )
      : undefined;

describe('a base address', () => {
  it.each([
    [
      'answers with a page',
      () => new Response('<!doctype html><title>Moved</title>'),
      'fhir.not_json',
      'connection.vendor_down',
    ],
    [
      'is not there any more',
      () => new Response('not here', { status: 404 }),
      'fhir.not_found',
      null,
    ],
  ])('that %s leaves all as it was, and the receipt says so', async (_what, answer, code, said) => {
    change = (url) => (isFhir(url) ? Promise.resolve(answer()) : undefined);
    const { codes, sentences, state } = await syncAgain();
    expect(codes).toContain(code);
    expect(sentences.every((sentence) => sentence !== '')).toBe(true);
    expect(state).toEqual(['ready', said]);
  });

  it('whose host is gone leaves all as it was, and its card says so', async () => {
    change = (url, init) =>
      isFhir(url) ? outbound(url.replace(/:\d+\//, ':9/'), init) : undefined;
    expect(await syncAgain()).toMatchObject({
      codes: ['net.unreachable'],
      state: ['ready', 'connection.vendor_down'],
    });
  });

  it('whose certificate is not trusted is told from one that is gone', async () => {
    const server = createServer(testCertificate(), (_request, response) => response.end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const strict = createOutbound({ has: () => true });
    change = (url, init) =>
      isFhir(url)
        ? strict(url.replace(/^http:..[^/]+/, `https://127.0.0.1:${port}`), init)
        : undefined;
    expect(await syncAgain()).toMatchObject({ codes: ['net.untrusted'], state: ['ready', null] });
    await strict.close();
    server.close();
  });

  it('that speaks another version of FHIR is asked nothing', async () => {
    const version = { resourceType: 'Conformance', fhirVersion: '1.0.2', rest: [] };
    change = bent('/metadata', () => version);
    program.simulator.control.clearRequests();
    const { codes, state } = await syncAgain();
    expect(codes).toEqual(['fhir.other_version']);
    expect(state).toEqual(['ready', null]);
    expect(program.simulator.control.requests().filter(({ type }) => type)).toEqual([]);
    // What it says was read: it is why nothing else was asked.
    const { receipts } = await presentReceipts(program, connection);
    const { questions } = await readReceiptFor(program, receipts[0]?.id ?? '');
    expect(questions.map(({ key }) => key)).not.toContain('capabilities');
  });
});

describe('a sign-in', () => {
  it('that moves on its own host is followed', async () => {
    await endAccess();
    const { url } = program.simulator;
    change = (asked, init) =>
      bent('/smart-configuration', (body) => ({ ...body, token_endpoint: `${url}/new/token` }))(
        asked,
        init,
      ) ??
      (asked === `${url}/new/token`
        ? outbound(`${url}/smart/production/auth/token`, init)
        : undefined);
    expect(await syncAgain()).toMatchObject({ codes: [undefined], state: ['ready', null] });
  });

  it('that moves to another host is sent no refresh token before the person signs in there', async () => {
    await endAccess();
    const grant = await openGrant(program.context, connection);
    const sent: string[] = [];
    change = (asked, init) => {
      if (asked.startsWith('http://localhost')) {
        sent.push(asked);
        return outbound(asked.replace('localhost', '127.0.0.1'), init);
      }
      return bent('/smart-configuration', (body) => ({
        ...body,
        token_endpoint: String(body.token_endpoint).replace('127.0.0.1', 'localhost'),
      }))(asked, init);
    };
    const { codes, state } = await syncAgain();
    expect(codes).toEqual(['smart.endpoint_moved']);
    expect(state).toEqual(['sign-in-again', 'smart.endpoint_moved']);
    expect(sent).toEqual([]);
    expect(await openGrant(program.context, connection)).toEqual(grant);
    const { go } = await beginAgain(program.context, connection, null);
    expect((await program.comeBack(await program.browse(go))).failed).toBeNull();
    await endAccess();
    expect(await syncAgain()).toMatchObject({ codes: [undefined], state: ['ready', null] });
    expect(sent).toHaveLength(2);
  });

  it('whose renewal opens another patient’s record has its tokens thrown away', async () => {
    await endAccess();
    change = bent('/auth/token', (body) => ({ ...body, patient: 'somebody-else' }));
    const { codes, state } = await syncAgain();
    expect(codes).toEqual(['smart.other_patient']);
    expect(state).toEqual(['sign-in-again', 'smart.other_patient']);
    expect(await openGrant(program.context, connection)).toBeUndefined();
  });

  it('whose keys are others is believed by the keys that it publishes now', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const key = { ...(await exportJWK(publicKey)), kid: 'new', alg: 'RS256', use: 'sig' };
    const resigned = async (idToken: unknown) => {
      const claims = Buffer.from(String(idToken).split('.')[1] ?? '', 'base64url').toString();
      return new SignJWT(JSON.parse(claims) as Record<string, unknown>)
        .setProtectedHeader({ alg: 'RS256', kid: 'new' })
        .sign(privateKey);
    };
    const signing = bent('/auth/token', async (body) => ({
      ...body,
      id_token: await resigned(body.id_token),
    }));
    const again = async () => {
      const { go } = await beginAgain(program.context, connection, null);
      return program.comeBack(await program.browse(go));
    };
    change = signing;
    expect((await again()).failed?.code).toBe('smart.id_token_invalid');
    change = (url, init) =>
      signing(url, init) ?? bent('/auth/keys', () => ({ keys: [key] }))(url, init);
    expect((await again()).failed).toBeNull();
    change = () => undefined;
    expect(await syncAgain()).toMatchObject({ codes: [undefined], state: ['ready', null] });
  });
});

// Owns a relay between the program and a simulated portal: it stands at the address that the portal gives out, passes on
// what comes unchanged, and remembers every secret that it saw go by, either way.

import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Secret } from './scan.ts';

/** Another address of loopback than the portal's, so that both have one port, and the portal's own links lead here. */
export const RELAY_HOST = '127.0.0.2';

export type Relay = {
  readonly port: number;
  readonly secrets: readonly Secret[];
  /** How often each grant was asked for. */
  grants(): Readonly<Record<string, number>>;
  close(): Promise<void>;
};

/** Listens on a free port; null where this machine has no such address. */
export async function startRelay(portalHost = '127.0.0.1'): Promise<Relay | null> {
  const secrets: Secret[] = [];
  const grants: Record<string, number> = {};
  const note = (kind: string, value: unknown) => {
    if (typeof value === 'string' && value !== '') secrets.push(...secretsIn(kind, value));
  };
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing, { portalHost, note, grants }).catch(() => outgoing.destroy());
  });
  const isListening = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen(0, RELAY_HOST, () => done(true));
  });
  if (!isListening) return null;
  return {
    port: (server.address() as AddressInfo).port,
    secrets,
    grants: () => grants,
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

type Noted = {
  readonly portalHost: string;
  readonly note: (kind: string, value: unknown) => void;
  readonly grants: Record<string, number>;
};

async function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { portalHost, note, grants }: Noted,
): Promise<void> {
  const { method, url = '/', headers, socket } = incoming;
  const sent = await bytesOf(incoming);
  noteRequest(url, headers.authorization, sent.toString(), { note, grants });
  const port = socket.localPort;
  const answer = await new Promise<IncomingMessage>((done, failed) => {
    const asking = request({ host: portalHost, port, method, path: url, headers, agent: false });
    asking.once('response', done).once('error', failed).end(sent);
  });
  const came = await bytesOf(answer);
  noteAnswer(url, answer.headers.location, came.toString(), note);
  outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders).end(came);
}

function noteRequest(
  url: string,
  authorization: string | undefined,
  body: string,
  { note, grants }: Pick<Noted, 'note' | 'grants'>,
): void {
  const [path = '', query = ''] = url.split('?', 2);
  const [scheme, credentials = ''] = authorization?.split(' ', 2) ?? [];
  if (scheme === 'Bearer') note('access token', credentials);
  if (scheme === 'Basic') {
    note('client credentials', credentials);
    const pair = Buffer.from(credentials, 'base64').toString();
    note('client secret', decodeURIComponent(pair.slice(pair.indexOf(':') + 1)));
  }
  const asked = new URLSearchParams(path.endsWith('/authorize') ? query : '');
  note('state', asked.get('state'));
  note('nonce', asked.get('nonce'));
  if (!path.endsWith('/token')) return;
  const form = new URLSearchParams(body);
  const grant = form.get('grant_type') ?? 'none';
  grants[grant] = (grants[grant] ?? 0) + 1;
  note('authorization code', form.get('code'));
  note('code verifier', form.get('code_verifier'));
  note('refresh token', form.get('refresh_token'));
  note('client assertion', form.get('client_assertion'));
}

function noteAnswer(
  url: string,
  location: string | undefined,
  body: string,
  note: Noted['note'],
): void {
  const back = new URLSearchParams(location?.split('?', 2)[1]);
  note('authorization code', back.get('code'));
  if (!url.split('?', 1)[0]?.endsWith('/token') || !body.startsWith('{')) return;
  const reply = JSON.parse(body) as Record<string, unknown>;
  note('access token', reply.access_token);
  note('refresh token', reply.refresh_token);
  note('id token', reply.id_token);
}

/** Of a signed token the signature alone makes it worth anything; head and claims repeat what is no secret. */
function secretsIn(kind: string, value: string): Secret[] {
  const [, , signature] = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(value) ? value.split('.') : [];
  return [{ kind, value: signature ?? value }];
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

// Proves the limits of every call to another machine, against a real server: time, size, redirects, and what an
// error may say.

import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testCertificate } from '../../e2e/support/certificate.ts';
import { ChartfoldError } from './errors.ts';
import { createOutbound, piecesOf } from './outbound.ts';

/** As if the operator had written every address. */
const outbound = createOutbound({ has: () => true });

let server: Server;
let url: string;
let answer: RequestListener;
const asked: string[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const PRIVATE = '/Patient?_id=a-1.E-7&name=Ada';
const failureOf = async (call: Promise<unknown>): Promise<ChartfoldError> => {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ChartfoldError);
  return thrown as ChartfoldError;
};

describe('a call', () => {
  it('sends what it is given and hands back status, headers and body', async () => {
    answer = (request, response) => {
      response.writeHead(418, { 'x-said': String(request.headers['x-asked']) });
      request.pipe(response);
    };
    const init = { method: 'POST', body: 'grant', headers: { 'x-asked': 'yes' } };
    const response = await outbound(`${url}/token`, init);
    expect([response.status, response.headers.get('x-said'), await response.text()]).toEqual([
      418,
      'yes',
      'grant',
    ]);
  });

  it('decodes a packed body, and says nothing untrue of its transfer', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(gzipSync('a record'));
    };
    const response = await outbound(url);
    expect(await response.text()).toBe('a record');
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  it('leaves a body packed for who unpacks it elsewhere, but not what an error says', async () => {
    const packed = gzipSync('a record');
    answer = ({ url: path }, response) => {
      response.writeHead(path === '/' ? 200 : 403, { 'content-encoding': 'gzip' });
      response.end(packed);
    };
    const response = await outbound(url, { leavePacked: true });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(packed);
    const refused = await outbound(`${url}/other`, { leavePacked: true });
    expect([refused.headers.get('content-encoding'), await refused.text()]).toEqual([
      null,
      'a record',
    ]);
  });

  it('shows how a body begins before it has come, once; not a short one, and not what an error says', async () => {
    const seen: string[] = [];
    const seeing = (beginning: Buffer, headers: Headers) =>
      seen.push(`${beginning.length} ${beginning.toString().slice(0, 4)} ${headers.get('x-said')}`);
    const whole = Promise.withResolvers<void>();
    answer = (_request, response) => {
      response.writeHead(200, { 'x-said': 'yes' });
      response.write('page');
      response.write('x'.repeat(9_000));
      void whole.promise.then(() => response.end('x'.repeat(20_000)));
    };
    const begun = outbound(url, {
      seeing: (...of) => {
        seeing(...of);
        whole.resolve();
      },
    });
    expect(await (await begun).text()).toHaveLength(29_004);
    answer = (_request, response) => void response.end('short');
    await outbound(url, { seeing });
    answer = (_request, response) => void response.writeHead(500).end('x'.repeat(9_000));
    await outbound(url, { seeing });
    expect(seen).toEqual(['8192 page yes']);
  });

  it('says what it sends, what it takes, and who it is', async () => {
    answer = (request, response) => void response.end(JSON.stringify(request.headers));
    const form = new URLSearchParams({ grant_type: 'refresh_token' });
    const response = await outbound(url, { method: 'POST', body: form });
    expect(await response.json()).toMatchObject({
      accept: '*/*',
      'accept-encoding': 'gzip, br',
      'content-length': '24',
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      'user-agent': 'Chartfold',
    });
  });

  it('takes an answer whatever stands beside its status', async () => {
    answer = ({ socket }) => {
      socket.end(Buffer.from('HTTP/1.1 200 \xffí\r\ncontent-length: 4\r\n\r\npage', 'latin1'));
    };
    expect(await (await outbound(url)).text()).toBe('page');
  });

  it.each([204, 205, 304])('takes an answer %i without a body', async (status) => {
    answer = (_request, response) => response.writeHead(status).end();
    const response = await outbound(url);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it.each([301, 302, 303, 307, 308])('does not follow a redirect %i', async (status) => {
    answer = (_request, response) =>
      response.writeHead(status, { location: `${url}/elsewhere` }).end('moved');
    const response = await outbound(`${url}/here`, { headers: { authorization: 'Bearer t' } });
    expect(response.status).toBe(status);
    expect(response.headers.get('location')).toBe(`${url}/elsewhere`);
    expect(asked).toEqual(['GET /here']);
  });
});

describe('the limits of a call', () => {
  it('end one that is not answered in time', async () => {
    answer = () => undefined;
    const failure = await failureOf(outbound(url + PRIVATE, { timeoutMs: 50 }));
    expect(failure.code).toBe('net.timeout');
  });

  it('count the body: one that never ends is ended', async () => {
    answer = (_request, response) => void response.writeHead(200).write('begun');
    const failure = await failureOf(outbound(url + PRIVATE, { timeoutMs: 80 }));
    expect(failure.code).toBe('net.timeout');
  });

  it('end a body that is too large, without waiting for its end', async () => {
    answer = (_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        response.once('drain', more);
      };
      more();
    };
    const failure = await failureOf(outbound(url + PRIVATE, { maxBytes: 100_000 }));
    expect(failure.code).toBe('net.too_large');
    expect(failure.detail).toContain('100000 bytes');
  });

  it('count a packed body as what it unpacks to', async () => {
    const packed = gzipSync(Buffer.alloc(2_000_000));
    expect(packed.length).toBeLessThan(10_000);
    answer = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(packed);
    };
    const failure = await failureOf(outbound(url, { maxBytes: 10_000 }));
    expect(failure.code).toBe('net.too_large');
  });

  it('hold for how it comes too: a body in pieces of a byte is kept in few', async () => {
    const chunks = Buffer.from('1\r\nx\r\n'.repeat(200_000));
    answer = ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.end(Buffer.concat([chunks, Buffer.from('0\r\n\r\n')]));
    };
    const pieces = await piecesOf(await outbound(url));
    expect(Buffer.concat(pieces).toString()).toBe('x'.repeat(200_000));
    expect(pieces.length).toBeLessThan(10);
    expect(pieces.map(({ buffer }) => buffer.byteLength)).toEqual(pieces.map((p) => p.byteLength));
  });

  it('let a body through that is just as large as allowed', async () => {
    answer = (_request, response) => void response.end('x'.repeat(1000));
    expect(await (await outbound(url, { maxBytes: 1000 })).text()).toHaveLength(1000);
  });
});

describe('a call that cannot be made', () => {
  it('offers no version of HTTP in which a body that was broken off looks whole', async () => {
    let offered: readonly string[] = [];
    const ALPNCallback = ({ protocols }: { protocols: string[] }) => {
      offered = protocols;
      return undefined;
    };
    const secure = createSecureServer({ ...testCertificate(), ALPNCallback });
    await new Promise<void>((done) => secure.listen(0, '127.0.0.1', done));
    const { port } = secure.address() as AddressInfo;
    await failureOf(outbound(`https://127.0.0.1:${port}/`));
    await new Promise((done) => secure.close(done));
    expect(offered).toEqual(['http/1.1']);
  });

  it('is unreachable where nothing listens, the connection is cut, or the address is none', async () => {
    answer = (request) => request.socket.destroy();
    const nobody = createServer();
    await new Promise<void>((done) => nobody.listen(0, '127.0.0.1', done));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((done) => nobody.close(done));
    for (const address of [url + PRIVATE, `http://127.0.0.1:${port}${PRIVATE}`, 'no:address'])
      expect((await failureOf(outbound(address))).code).toBe('net.unreachable');
  });

  it('says the host and nothing else of the address', async () => {
    answer = (request) => request.socket.destroy();
    const failure = await failureOf(outbound(`${url}${PRIVATE}`));
    expect(failure.detail).toBe(new URL(url).host);
    expect(failure.message).not.toMatch(/Patient|Ada|a-1/);
    const named = await failureOf(outbound('http://user:word@127.0.0.1:1/x?token=abc'));
    expect(named.message).not.toMatch(/word|token|abc/);
    expect((await failureOf(outbound('//Ada?token=abc'))).message).not.toMatch(/Ada|abc/);
  });

  it('throws the reason of the caller who aborts, before and in the middle', async () => {
    const reason = new DOMException('stopping', 'AbortError');
    await expect(outbound(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const ending = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200).write('begun');
      ending.abort(reason);
    };
    await expect(outbound(url, { signal: ending.signal })).rejects.toBe(reason);
  });
});

describe('an address that the operator did not write', () => {
  const guarded = createOutbound({ has: () => false });
  const refused = { code: 'net.private_address' };

  it.each([
    'http://127.0.0.1:8099/',
    'http://localhost:8099/',
    'http://[::1]:8099/',
    'http://[::ffff:127.0.0.1]:8099/',
    'http://0.0.0.0:8099/',
    'http://2130706433:8099/',
    'http://0x7f000001:8099/',
    'http://0177.0.0.1:8099/',
    'http://127.1:8099/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
  ])('is not gone to where it is private: %s [CWE-918]', async (address) => {
    await expect(guarded(address)).rejects.toMatchObject(refused);
  });

  it('that is a name is judged by what it leads to, when the connection is opened [CWE-350]', async () => {
    answer = (_request, response) => response.end('inside');
    const { port } = server.address() as AddressInfo;
    // Resolves to loopback on every machine (RFC 6761 section 6.3).
    await expect(guarded(`http://localhost:${port}/`)).rejects.toMatchObject(refused);
    expect(asked).toEqual([]);
    expect((await outbound(`http://localhost:${port}/`)).status).toBe(200);
  });

  it('names the host in its refusal, and nothing else of the address', async () => {
    const error = await failureOf(guarded(`http://127.0.0.1:1${PRIVATE}`));
    expect(error.detail).toBe('127.0.0.1:1');
  });
});

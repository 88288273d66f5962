// Owns listening: the web address, with a certificate that is read again when its files change, and the control
// socket that only this user can open.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  unwatchFile,
  watchFile,
} from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as TlsServer } from 'node:https';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Config } from '../platform/config/read.ts';
import { ChartfoldError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';

type Fetch = Parameters<typeof getRequestListener>[0];
export type Listening = { readonly port: number; close(): Promise<void> };

/** What a request may take to arrive, head and whole; slow ones hold nothing open for long. Answers may stream. */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 60_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 5_000,
};
/** Far more than the browsers of a family and their live streams; one more is turned away at once. */
const MOST_CONNECTIONS = 1_000;
/** How often the files of the certificate are looked at. */
const TLS_LOOK_MS = 2_000;

/** Listens at HOST and PORT. @throws `config.port_in_use` naming the key */
export async function listen(
  config: Pick<Config, 'host' | 'port' | 'tls'>,
  fetch: Fetch,
  log: Log,
  limits: Partial<typeof LIMITS> = {},
): Promise<Listening> {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = config.tls
    ? createHttpsServer({ ...readTls(config.tls), ...LIMITS, ...limits }, listener)
    : createHttpServer({ ...LIMITS, ...limits }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(whyNot(cause, config)));
    server.listen(config.port, config.host, resolve);
  });
  const stopWatching = config.tls
    ? watchTls(server as TlsServer, config.tls, log)
    : () => undefined;
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : config.port,
    close: () => {
      stopWatching();
      return closeServer(server);
    },
  };
}

/** Listens at a Unix socket with mode 600. */
export async function listenControl(path: string, fetch: Fetch): Promise<Listening> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // The data directory is ours by its lock, so a socket left here is a dead one.
  rmSync(path, { force: true });
  const server = createHttpServer(
    { requestTimeout: 0 },
    getRequestListener(fetch, { overrideGlobalObjects: false }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  if (existsSync(path)) chmodSync(path, 0o600);
  return { port: 0, close: () => closeServer(server).finally(() => rmSync(path, { force: true })) };
}

/** Why the address can't be listened at, with the key that changes it. */
function whyNot(cause: NodeJS.ErrnoException, { host, port }: Pick<Config, 'host' | 'port'>) {
  if (cause.code === 'EADDRINUSE')
    return new ChartfoldError('config.port_in_use', { detail: `PORT ${port}`, cause });
  const isPrivileged = cause.code === 'EACCES';
  const detail = isPrivileged
    ? `PORT: ${port} is kept for the administrator of this machine; choose one above 1023`
    : `HOST: ${host} is no address of this machine (${cause.code}); give 127.0.0.1 or one it has`;
  return new ChartfoldError('config.invalid', { detail: `\n  ${detail}\n`, cause });
}

function readTls(tls: NonNullable<Config['tls']>) {
  return { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
}

function watchTls(server: TlsServer, tls: NonNullable<Config['tls']>, log: Log): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reload = () => {
    clearTimeout(timer);
    // Certificate and key are two writes; taken together once both are done.
    timer = setTimeout(() => {
      try {
        server.setSecureContext(readTls(tls));
        log.info('tls.reloaded');
      } catch (error) {
        log.error('tls.reload_failed', error);
      }
    }, 500);
  };
  // By name, not by what lies there now: tools replace the file, or a link above it.
  const files = [tls.certFile, tls.keyFile];
  for (const file of files) watchFile(file, { interval: TLS_LOOK_MS, persistent: false }, reload);
  return () => {
    clearTimeout(timer);
    for (const file of files) unwatchFile(file, reload);
  };
}

function closeServer(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Live streams never end by themselves.
    server.closeAllConnections();
  });
}

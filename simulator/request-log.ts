// What clients sent, kept for tests and for a person who looks: methods, path templates, header names. Never the
// value of an Authorization header, a token, or an id.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Environment } from './environments.ts';

/** One request; handlers fill in what they learn. */
export type RequestRecord = {
  readonly id: string;
  readonly at: string;
  readonly method: string;
  /** The vendor. */
  readonly portal: string | undefined;
  readonly environment: string | undefined;
  /** With `{id}` in place of ids. */
  path: string;
  /** As it was sent, with the values of ids, cursors and secrets left out. */
  readonly query: string;
  readonly host: string;
  readonly headers: readonly string[];
  /** Whether an Authorization header came, and of which scheme. */
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  status: number;
  type: string | undefined;
  client: string | undefined;
  /** The grant type, at the token endpoint. */
  grantType: string | undefined;
};

export type RequestLog = {
  begin(request: IncomingMessage, environment: Environment | undefined): RequestRecord;
  end(record: RequestRecord, status: number): void;
  list(): readonly RequestRecord[];
  /** A renewal that was made, whether or not its answer was taken. */
  renewed(): void;
  counts(): { readonly all: number; readonly token: number; readonly renewals: number };
  clear(): void;
};

/** A ring of the last requests. */
export function makeRequestLog(size = 5000): RequestLog {
  let ring: RequestRecord[] = [];
  let all = 0;
  let token = 0;
  let renewals = 0;
  return {
    begin(request, environment) {
      const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
      return {
        id: randomUUID(),
        at: new Date().toISOString(),
        method: request.method ?? 'GET',
        portal: environment?.vendor,
        environment: environment?.name,
        path,
        query: hideValues(query),
        host: request.headers.host ?? '',
        headers: Object.keys(request.headers),
        authorization: request.headers.authorization?.split(' ')[0],
        accept: request.headers.accept,
        status: 0,
        type: undefined,
        client: undefined,
        grantType: undefined,
      };
    },
    end(record, status) {
      record.status = status;
      all += 1;
      if (record.grantType !== undefined) token += 1;
      ring.push(record);
      // Dropping half at a time keeps the ring cheap.
      if (ring.length > size * 2) ring = ring.slice(-size);
    },
    list: () => ring.slice(-size),
    renewed() {
      renewals += 1;
    },
    counts: () => ({ all, token, renewals }),
    clear() {
      ring = [];
      all = 0;
      token = 0;
      renewals = 0;
    },
  };
}

const told = new Set([
  'ah-practice',
  'category',
  'intent',
  'status',
  'response_type',
  'code_challenge_method',
  'scope',
  'aud',
  '_count',
  '_revinclude',
  '_lastUpdated',
]);

function hideValues(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((part) => {
      const [name = ''] = part.split('=', 1);
      return told.has(name) ? part : `${name}={…}`;
    })
    .join('&');
}

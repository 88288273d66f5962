// Proves that no secret stands in clear where it does not belong: a whole instance lives once, and every secret that there
// was is then looked for in all that it answered, said, logged, wrote into files, and holds in its store. And that this
// would be noticed: a token that is planted in each such place is found, and the place named.

import { createPrivateKey } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { openRaw } from '../src/platform/db/sqlite/raw.ts';
import { type Keychain, keychainFile, readKeychain } from '../src/platform/keychain/keychain.ts';
import { databaseFile } from '../src/platform/keychain/open-keyed.ts';
import { createSealer, type Sealed } from '../src/platform/seal.ts';
import { packTexts } from '../src/records/body.ts';
import { kitRows } from '../src/sharing/backup/kit.ts';
import { type Life, liveOnce } from './support/life.ts';
import { pagesOfStore, placesInFiles, placesInLog, placesInStore } from './support/places.ts';
import { recordAnswers, visitorOf } from './support/recorded.ts';
import { type Find, type Place, type Scanner, type Secret, scannerFor } from './support/scan.ts';

/** Where a secret has to stand, and why. Nothing else may hold one, and each of these must be met. */
const EXCEPTIONS: readonly { kind: RegExp; place: RegExp; why: string }[] = [
  {
    kind: /^cookie chartfold-(session|device)$/,
    place: /^answer (POST|GET) \/api\/session[\w/-]*, set-cookie$/,
    why: 'it is how the browser is given its session, and keeps it',
  },
  {
    kind: /^cookie chartfold-attempt$/,
    place: /^answer GET \/connect\/\{id\}, set-cookie$/,
    why: 'by it the browser that was sent away is known again',
  },
  {
    kind: /^cookie chartfold-passkey$/,
    place: /^answer POST \/api\/account\/passkeys\/begin, set-cookie$/,
    why: 'it is how the browser is given the ceremony that it began',
  },
  {
    kind: /^sign-in link$/,
    place: /^terminal of (serve|sign-in-link)$/,
    why: 'whoever reads the terminal has the machine',
  },
  {
    kind: /^invitation$/,
    place: /^answer POST \/api\/accounts, body$/,
    why: 'it is shown once, to whoever invites',
  },
  {
    kind: /^recovery code$/,
    place: /^answer POST \/api\/account\/recovery-codes, body$/,
    why: 'they are shown once, to be written down',
  },
  {
    kind: /^link to a portal$/,
    place: /^answer POST \/api\/connections, body$/,
    why: 'the browser goes on by it, once',
  },
  {
    kind: /^(state|nonce)$/,
    place: /^answer GET \/connect\/\{id\}, location$/,
    why: 'the portal is sent them by the browser',
  },
  {
    kind: /^root key$/,
    place: /^file (the instance|the instance, running)\/secret$/,
    why: 'it is the secret file',
  },
];

let life: Life | null;
let keychain: Keychain;
let database: string;
let scanner: Scanner;
let scratch: string;
/** Planted, where one is. */
const token = { kind: 'access token', value: 'q7-Planted_Token.Zx"81\\vT\u00e9&kd/05mRw+Yc3=Hn' };

beforeAll(async () => {
  life = await liveOnce();
  if (!life) return;
  scratch = mkdtempSync(join(tmpdir(), 'chartfold-planted-'));
  const root = Buffer.from(readFileSync(life.secretFile, 'utf8').trim(), 'hex');
  ({ keychain } = readKeychain(keychainFile(life.dataDir), [root]));
  database = databaseFile(life.dataDir);
  scanner = scannerFor([...life.secrets, ...kept(), token]);
}, 90_000);
afterAll(async () => {
  await life?.remove();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

function lived({ skip }: TestContext): Life {
  if (!life) return skip(true, 'needs a second address of loopback, as Linux has') as never;
  return life;
}

/** The secrets that only the store and the keychain know. */
function kept(): Secret[] {
  const { nextDatabase: _next, database: page, ...keys } = keychain;
  const raw = openRaw(database, page);
  const sealer = createSealer(keychain.seal);
  const signing = raw
    .prepare<[], { kid: string; private_key: Sealed }>('select kid, private_key from signing_key')
    .all();
  const left = raw
    .prepare<[], { id_hash: string; secrets: Sealed }>(
      'select id_hash, secrets from connect_attempt where secrets is not null',
    )
    .all();
  raw.close();
  return [
    { kind: 'database key', value: Buffer.from(page, 'hex') },
    ...Object.entries(keys).map(([name, value]) => ({ kind: `${name} key`, value })),
    ...kitRows(keychain.recovery).map((value) => ({ kind: 'recovery kit', value })),
    ...signing.flatMap((row) =>
      privateParts(sealer.open(row.private_key, `signing_key/${row.kid}`)),
    ),
    ...left.map((row) => {
      const text = sealer.open(row.secrets, `connect_attempt/${row.id_hash}`);
      const { codeVerifier } = JSON.parse(text) as { codeVerifier: string };
      return { kind: 'code verifier', value: codeVerifier };
    }),
  ];
}

/** What of a key is not public, as PEM, DER and JWK all hold it. */
function privateParts(pem: string): Secret[] {
  const jwk = createPrivateKey(pem).export({ format: 'jwk' });
  return [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].map((part) => ({
    kind: 'private key',
    value: Buffer.from(part ?? '', 'base64url'),
  }));
}

function allPlaces(of: Life): Place[] {
  return [
    ...of.places,
    ...placesInStore(database, keychain.database),
    pagesOfStore(database, keychain.database),
  ];
}

const isExpected = ({ kind, place }: Find) =>
  EXCEPTIONS.some((one) => one.kind.test(kind) && one.place.test(place));
const unexpected = (finds: readonly Find[]) => [
  ...new Set(
    finds.filter((find) => !isExpected(find)).map(({ kind, place }) => `${kind} in ${place}`),
  ),
];

describe('a whole life of an instance', () => {
  it('has had every kind of secret', (context) => {
    const { secrets, grants } = lived(context);
    expect([...new Set([...secrets, ...kept()].map(({ kind }) => kind))].sort()).toEqual([
      'access token',
      'audit key',
      'authorization code',
      'checkpoint key',
      'client assertion',
      'client credentials',
      'client secret',
      'code verifier',
      'cookie chartfold-attempt',
      'cookie chartfold-device',
      'cookie chartfold-passkey',
      'cookie chartfold-session',
      'database key',
      'id token',
      'invitation',
      'link to a portal',
      'nonce',
      'password',
      'private key',
      'recovery code',
      'recovery key',
      'recovery kit',
      'refresh token',
      'root key',
      'seal key',
      'sign-in link',
      'state',
    ]);
    expect(grants.authorization_code).toBeGreaterThanOrEqual(4);
    expect(grants.refresh_token).toBeGreaterThanOrEqual(2);
  });

  it('leaves no secret in an answer, on a terminal, in a log, a file or the store, but where it belongs [CWE-312] [CWE-532] [ASVS 16.2.5]', (context) => {
    const places = allPlaces(lived(context));
    const finds = scanner.scan(places);
    const names = new Set(places.map(({ name }) => name.replace(/ row \d+$/, '')));
    const bytes = places.reduce((sum, place) => sum + place.bytes.length, 0);
    process.stderr.write(
      `no secret in clear: ${scanner.pieces} pieces of ${life?.secrets.length} secrets looked for in ${places.length} places of ${names.size} kinds, ${bytes} bytes\n`,
    );
    expect(unexpected(finds)).toEqual([]);
    const met = (one: (typeof EXCEPTIONS)[number]) =>
      finds.some(({ kind, place }) => one.kind.test(kind) && one.place.test(place));
    expect(EXCEPTIONS.filter((one) => !met(one)).map(({ why }) => why)).toEqual([]);
  });

  it('looks into every table and at every address that reads', (context) => {
    const names = allPlaces(lived(context)).map(({ name }) => name);
    for (const column of ['body.bytes', 'connection_grant.refresh_token', 'audit_line.detail'])
      expect(names).toContain(`${column} row 1`);
    for (const answer of ['GET /', 'GET /athena/callback', 'GET /api/events', 'POST /api/audit'])
      expect(names).toContain(`answer ${answer}, body`);
  });

  it('puts no name, login or id of a patient into the log or into a file’s name [CWE-532]', (context) => {
    const { lines, seeded } = lived(context);
    expect(lines.join('\n')).toContain('sync.finished');
    expect(seeded.length).toBeGreaterThan(300);
    for (const word of [...seeded, '1979-03-11', 'eyJ'])
      expect(
        lines.filter((line) => line.includes(word)),
        word,
      ).toEqual([]);
  });
});

/** What holds the token in one way of writing or packing. */
const ways: readonly (readonly [string, () => Buffer])[] = [
  ['as it is', () => Buffer.from(`before ${token.value} after`)],
  ['in JSON', () => Buffer.from(JSON.stringify({ token: token.value }))],
  ['percent-encoded', () => Buffer.from(`?token=${encodeURIComponent(token.value)}&x=1`)],
  ['in hexadecimal', () => Buffer.from(Buffer.from(token.value).toString('hex'))],
  ...[0, 1, 2].flatMap((before) =>
    (['base64', 'base64url'] as const).map(
      (encoding) =>
        [
          `in ${encoding} after ${before} bytes`,
          () => Buffer.from(Buffer.from(`${'#'.repeat(before)}${token.value}#`).toString(encoding)),
        ] as const,
    ),
  ),
  ['gzip’d', () => gzipSync(token.value)],
  ['deflated', () => deflateSync(token.value)],
  ['deflated without a head', () => deflateRawSync(token.value)],
  ['packed by brotli', () => brotliCompressSync(token.value)],
  ['packed by zstd', () => zstdCompressSync(token.value)],
  ['gzip’d twice', () => gzipSync(gzipSync(token.value))],
  ['cut off', () => Buffer.from(`token ${token.value.slice(0, 30)}…`)],
];

describe('a token that is planted', () => {
  it.each(ways)('is found %s', (_way, written) => {
    const finds = scannerFor([token]).scan([
      { name: 'clean', bytes: Buffer.from('nothing') },
      { name: 'here', bytes: written() },
    ]);
    expect(finds).toEqual([{ place: 'here', kind: 'access token' }]);
  });

  it.for([
    ['connection.clinic_note row 1', 'update connection set clinic_note = ?', token.value],
    [
      'job.payload row 1',
      "insert into job (queue, key, payload, state, run_at) values ('q', 'k', ?, 'dead', '')",
      JSON.stringify({ token: token.value }),
    ],
    [
      'body.bytes row 1',
      "update body set encoding = 'gzip', bytes = ? where seq = (select min(seq) from body)",
      gzipSync(`{"token":${JSON.stringify(token.value)}}`),
    ],
    [
      'body.bytes row 2',
      'update body set bytes = ? where seq = (select seq from body order by seq limit 1 offset 1)',
      packTexts([Buffer.from(JSON.stringify({ token: token.value, text: ' '.repeat(300) }))]).bytes,
    ],
  ] as const)('in the store is found as %s', ([place, statement, value], context) => {
    lived(context);
    const file = join(scratch, 'planted.sqlite');
    cpSync(database, file);
    const raw = openRaw(file, keychain.database);
    raw.prepare(statement).run(value);
    raw.close();
    const places = placesInStore(file, keychain.database);
    expect(unexpected(scanner.scan(places))).toContain(`access token in ${place}`);
    expect(new Set(scanner.scan(places).map(({ kind }) => kind))).toEqual(new Set([token.kind]));
  });

  it('and deleted is found in what the store still holds of it', (context) => {
    lived(context);
    const file = join(scratch, 'deleted.sqlite');
    cpSync(database, file);
    const raw = openRaw(file, keychain.database);
    // On by default in the database that is built in: then there is nothing left to find.
    raw.pragma('secure_delete=off');
    raw.prepare('update connection set clinic_note = ?').run(token.value.repeat(20));
    raw.prepare('update connection set clinic_note = null').run();
    raw.close();
    expect(scanner.scan(placesInStore(file, keychain.database))).toEqual([]);
    expect(scanner.scan([pagesOfStore(file, keychain.database)])).toEqual([
      { kind: token.kind, place: 'a page of the store' },
    ]);
  });

  it('is found in a line of the log, in an answer, in a file and in a file’s name', async (context) => {
    const { folder } = lived(context);
    const copy = join(scratch, 'copy');
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.endsWith('control.sock') });
    writeFileSync(join(copy, 'data', 'notes.txt'), `token: ${token.value}`);
    writeFileSync(join(copy, 'data', encodeURIComponent(token.value)), '');
    const files = unexpected(scanner.scan(placesInFiles(copy, 'the instance')));
    expect(files.sort()).toEqual([
      'access token in file the instance/data/notes.txt',
      'access token in the name of a file in the instance',
    ]);
    const line = JSON.stringify({ level: 'warn', event: 'sync.failed', detail: token.value });
    expect(unexpected(scanner.scan(placesInLog(line)))).toEqual([
      'access token in log line sync.failed',
    ]);
    expect(unexpected(scanner.scan(await answered(token.value)))).toEqual([
      'access token in answer GET /here, body',
      'access token in answer GET /here, x-token',
    ]);
  });
});

/** What is recorded of a server that gives the token away. */
async function answered(value: string): Promise<readonly Place[]> {
  const server = createServer((_request, response) => {
    response.setHeader('x-token', encodeURIComponent(value));
    response.end(gzipSync(value));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const recording = recordAnswers(origin);
  try {
    await visitorOf(origin).ask('/here');
    return recording.places;
  } finally {
    recording.stop();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

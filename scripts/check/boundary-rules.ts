// Owns who may import whom, as data: ARCHITECTURE.md's table in a form that boundaries.ts can check. A change here is
// a change of the architecture and wants a decision under docs/adr.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './tree.ts';

/** What a folder of src may import. An entry is a folder or a path's beginning; `never` wins over `may`. */
export type FolderRule = {
  readonly may: readonly string[];
  /** Of these only types. */
  readonly types?: readonly string[];
  readonly never?: readonly string[];
};

const database = ['platform/db', 'platform/jobs'];
const network = ['platform/outbound', 'connections/authorised-fetch'];
const below4 = ['platform', 'fhir', 'keys', 'smart', 'records', 'access', 'portals'];

/** The folders of src. One that is not here may not exist. */
export const folders: Readonly<Record<string, FolderRule>> = {
  platform: { may: [] },
  fhir: { may: ['platform'], never: [...database, ...network] },
  keys: { may: ['platform'], never: network },
  smart: { may: ['platform', 'fhir', 'keys'] },
  records: { may: ['platform', 'fhir', 'keys'], never: network },
  access: { may: ['platform', 'fhir', 'keys'], never: network },
  portals: {
    may: ['platform', 'fhir', 'keys'],
    types: ['smart'],
    never: [...database, ...network],
  },
  connections: { may: below4 },
  imports: { may: below4, never: network },
  chart: { may: ['platform', 'records', 'fhir', 'access'], never: network },
  practice: { may: below4.filter((folder) => folder !== 'records') },
  sync: { may: [...below4, 'connections', 'imports', 'chart', 'practice'] },
  sharing: { may: [...below4, 'connections', 'imports', 'chart', 'practice'] },
  visits: { may: [...below4, 'connections', 'imports', 'chart', 'practice'] },
  http: {
    may: [...below4, 'connections', 'imports', 'chart', 'practice', 'sync', 'sharing', 'visits'],
    never: network,
  },
  cli: {
    may: [
      ...below4,
      'connections',
      'imports',
      'chart',
      'practice',
      'sync',
      'sharing',
      'visits',
      'http',
    ],
  },
  web: { may: ['fhir'], types: ['http/contract.ts'] },
};

/** Where a package, or a part of Node that reaches the network or another process, may be imported within src. */
export const packageHomes: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3-multiple-ciphers': ['platform/db', 'cli/bench'],
  'node:sqlite': ['cli/bench'],
  'node:http': ['platform', 'http', 'cli'],
  'node:https': ['platform', 'http', 'cli'],
  'node:http2': [],
  'node:net': ['platform', 'http', 'cli'],
  'node:tls': ['platform', 'http', 'cli'],
  'node:dgram': [],
  'node:dns': ['platform'],
  'node:child_process': ['cli'],
  undici: ['platform/outbound.ts'],
  '@simplewebauthn/server': ['access'],
  '@peculiar/x509': ['platform/certificates.ts'],
  'reflect-metadata': ['platform/certificates.ts'],
  oauth4webapi: ['smart'],
  jose: ['keys', 'smart'],
  'oidc-provider': [],
  pino: ['platform/log.ts'],
  commander: ['cli'],
  hono: ['http', 'cli/control.ts'],
  '@hono/node-server': ['http'],
  '@hono/zod-openapi': ['http'],
  react: ['web'],
  'react-dom': ['web'],
  'playwright-core': [],
};

/** Names of the environment that make code impure, and where within src each may be used, with the reason. */
export const impure: Readonly<Record<string, readonly { where: string; because: string }[]>> = {
  fetch: [
    { where: 'web/app/api.ts', because: 'the browser has no other way to its server' },
    { where: 'cli/selftest', because: 'it plays the browser and looks at the simulator' },
    { where: 'cli/bench', because: 'it measures the simulator by itself' },
  ],
  EventSource: [
    { where: 'web/app/live.ts', because: 'the stream of changes is read in the browser' },
  ],
  XMLHttpRequest: [],
  WebSocket: [],
  process: [
    { where: 'main.ts', because: 'it is the process' },
    { where: 'cli', because: 'arguments, exit code, terminal and signals are its business' },
  ],
  console: [],
  now: [
    { where: 'web', because: "what is shown as 'today' is the browser's today" },
    { where: 'cli/bench', because: 'it measures time' },
  ],
};

/** Words that only a vendor uses. */
const words =
  'athena ah[-_]practice eclinicalworks drchrono mychart cerner veradigm \\bepic\\b'.split(' ');

/** `smart` is a standard's name, and everybody's. */
const vendors = readdirSync(join(ROOT, 'src/portals'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'smart')
  .map(({ name }) => name);

/** Vendors' names, of each that has a folder, and words that only a vendor uses, in strings and identifiers. */
export const vendorWords = new RegExp([...vendors, ...words].join('|'), 'i');

/** The only places within src for them. */
export const vendorHomes = ['portals', 'practice/athenaone'];

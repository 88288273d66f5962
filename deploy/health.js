// Owns the health check of the container: whether Chartfold answers here, by the name that it is reached by.

import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';

const { PUBLIC_URL, PORT = '4200', TLS_CERT } = process.env;
const get = TLS_CERT ? getSecure : getPlain;
const host = PUBLIC_URL ? new URL(PUBLIC_URL).host : `localhost:${PORT}`;
const question = {
  host: '127.0.0.1',
  port: PORT,
  path: '/api/health',
  headers: { host },
  timeout: 4_000,
  // Of this machine it asks whether it answers, not who it is.
  rejectUnauthorized: false,
};

get(question, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1))
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1));

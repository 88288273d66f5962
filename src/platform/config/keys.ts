// Owns the list of configuration keys that belong to no vendor: name, meaning, example, default, reader.
// The reference page and .env.example are generated from it. Vendors' keys are declared by their portals.

import { homedir } from 'node:os';
import { join } from 'node:path';

export type ConfigKey = {
  readonly name: string;
  /** One sentence: what it is for. */
  readonly meaning: string;
  readonly example: string;
  /** In words, where there is one; secrets have none. */
  readonly defaultWords: string;
  readonly secret?: boolean;
};

export const baseKeys = [
  {
    name: 'PUBLIC_URL',
    meaning: 'Where people reach Chartfold; the addresses given to vendors begin with it.',
    example: 'https://health.example.org',
    defaultWords: 'http://localhost and the port; https where a certificate is given',
  },
  { name: 'PORT', meaning: 'The port to listen on.', example: '4200', defaultWords: '4200' },
  {
    name: 'HOST',
    meaning: 'The address to listen on.',
    example: '127.0.0.1',
    defaultWords: '127.0.0.1',
  },
  {
    name: 'TLS_CERT',
    meaning: 'A file with the certificate, PEM; with TLS_KEY, Chartfold serves https.',
    example: '/etc/chartfold/cert.pem',
    defaultWords: 'none: plain http',
  },
  {
    name: 'TLS_KEY',
    meaning: 'A file with the certificate’s private key, PEM.',
    example: '/etc/chartfold/key.pem',
    defaultWords: 'none',
  },
  {
    name: 'ALLOWED_HOSTS',
    meaning: 'Further host names that are answered, separated by commas.',
    example: 'health.lan,health.lan:4200',
    defaultWords: 'only the host of PUBLIC_URL',
  },
  {
    name: 'TRUSTED_PROXIES',
    meaning:
      'Addresses or networks of proxies whose forwarding headers count, separated by commas.',
    example: '127.0.0.1,10.0.0.0/8',
    defaultWords: 'none: the address of the connection counts',
  },
  {
    name: 'CHARTFOLD_DATA_DIR',
    meaning: 'The folder of the encrypted store; private to its user, never inside the clone.',
    example: '/var/lib/chartfold',
    defaultWords: 'the user’s data directory (XDG), folder chartfold',
  },
  {
    name: 'CHARTFOLD_SECRET',
    meaning: 'The root key, 64 hexadecimal characters. Rather use CHARTFOLD_SECRET_FILE.',
    example: '',
    defaultWords: 'none',
    secret: true,
  },
  {
    name: 'CHARTFOLD_SECRET_FILE',
    meaning: 'The file that holds the root key; made on first start.',
    example: '/etc/chartfold/secret',
    defaultWords: 'secret in the user’s configuration directory (XDG), folder chartfold',
  },
  {
    name: 'CHARTFOLD_BACKUP_DIR',
    meaning: 'The folder of the backups; better on another disk than the data.',
    example: '/mnt/backup/chartfold',
    defaultWords: 'backups in the data directory',
  },
  {
    name: 'CHARTFOLD_BACKUP_EVERY',
    meaning: 'How often the server makes a backup, in hours; 0 for never.',
    example: '24',
    defaultWords: '24',
  },
  {
    name: 'CHARTFOLD_BACKUP_KEEP',
    meaning: 'How many backups are kept; the last one that was proven is always among them.',
    example: '14',
    defaultWords: '14',
  },
  {
    name: 'JWKS_URL',
    meaning: 'Where the public keys are published, when not by this instance.',
    example: 'https://keys.example.org/jwks.json',
    defaultWords: 'none: published at /.well-known/jwks.json and /.well-known/jwks-preview.json',
  },
  {
    name: 'CHARTFOLD_CONFIG',
    meaning: 'A JSON file that overrides vendors’ addresses and adds servers.',
    example: '/etc/chartfold/portals.json',
    defaultWords: 'none',
  },
  {
    name: 'CHARTFOLD_SIMULATOR',
    meaning:
      'Whether simulated portals run beside: auto (when no vendor is configured), on or off.',
    example: 'auto',
    defaultWords: 'auto',
  },
  {
    name: 'CHARTFOLD_SIMULATOR_PORT',
    meaning: 'The port of the simulated portals.',
    example: '4201',
    defaultWords: '4201',
  },
  {
    name: 'CHARTFOLD_LOG',
    meaning: 'How much is logged: debug, info, warn, error or silent.',
    example: 'info',
    defaultWords: 'warn',
  },
] as const satisfies readonly ConfigKey[];

/** The user's data directory, XDG Base Directory Specification. */
export function defaultDataDir(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'chartfold');
}

/** The user's configuration directory, apart from the data, so that a copy of the data alone opens nothing. */
export function defaultSecretFile(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'chartfold', 'secret');
}

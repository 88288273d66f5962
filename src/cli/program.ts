// Owns what main.ts hands to the command line: how to read the configuration and put the program together.

import type { App } from '../http/app.ts';
import type { Config } from '../platform/config/read.ts';
import type { Migrations } from '../platform/db/migrate.ts';
import type { LockedSecret, OpenSecret } from '../platform/keychain/secret-text.ts';

export type Assembled = {
  readonly app: App;
  /** The secret file made by this start, to be kept safe; null when it was there. */
  readonly secretMadeAt: string | null;
  /** The port that is listened on; null without one. */
  readonly port: number | null;
  close(): Promise<void>;
};

export type AssembleOptions = {
  /** At the web address and the control socket. */
  readonly listens: boolean;
  /** Whether portals are asked: simulated ones are started, and syncs that were left over go on. */
  readonly portals: boolean;
  /** Comes by the passphrase of a locked root key. */
  readonly unlock: (config: Config, secret: LockedSecret) => Promise<OpenSecret>;
};

export type Program = {
  readConfig(): Config;
  readonly migrations: Migrations;
  assemble(config: Config, options: AssembleOptions): Promise<Assembled>;
};

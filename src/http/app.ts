// Owns the type of the assembled program as the doors (http, cli) see it. main.ts puts it together.

import type { Audit } from '../access/audit.ts';
import type { RelyingParty } from '../access/passkeys.ts';
import type { ConnectionContext } from '../connections/context.ts';
import type { Refresher } from '../connections/refresh.ts';
import type { Backups } from '../sharing/backup/backups.ts';
import type { Config } from '../platform/config/read.ts';
import type { Store } from '../platform/db/db.ts';
import type { Changes } from './changes.ts';

export type App = ConnectionContext & {
  readonly config: Config;
  readonly store: Store;
  readonly audit: Audit;
  readonly backups: Backups;
  /** A signed statement of where the audit chain stands, to be kept elsewhere. */
  checkpoint(): Promise<string>;
  /** Where passkeys belong. */
  readonly party: RelyingParty;
  readonly refresher: Refresher;
  readonly changes: Changes;
  /** The simulated portals' address, where they run beside. */
  readonly simulatorUrl: string | null;
  /** The built web part; null where the program runs without pages. */
  readonly webRoot: string | null;
};

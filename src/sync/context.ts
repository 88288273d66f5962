// Owns what a sync works with.

import type { ConnectionContext } from '../connections/context.ts';
import type { Refresher } from '../connections/refresh.ts';
import type { CommitPage } from '../records/types.ts';

export type SyncContext = ConnectionContext & {
  readonly refresher: Refresher;
  /** Queues what must follow a commit, in its transaction. */
  readonly afterCommit: (personId: string) => CommitPage['afterwards'];
};

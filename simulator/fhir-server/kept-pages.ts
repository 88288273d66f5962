// Pages kept as they were sent, so that one that is asked for again takes the simulator no time: who measures a client
// would else measure the simulator beside it. Which page a question has is decided by the search, not here.

import type { IncomingMessage } from 'node:http';
import type { FaultSwitches } from '../faults.ts';
import { acceptsGzip, type Answer, packed } from '../http.ts';
import type { ResourceStore } from './store.ts';

/**
 * Gives the page that a request asks for, made by `make` where it is not kept. `who` asks: another is given another.
 * What is no page, a refusal or a connection that is cut, is given as it is made.
 */
export type KeptPages = (
  request: IncomingMessage,
  who: string,
  make: () => Answer | 'reset',
) => Promise<Answer | 'reset'>;

/** The one fault that leaves a page as it is. */
const HARMLESS = 'reply.slow';

/** Keeps pages until the store is changed, and none while a fault is on that bends them. */
export function keepPages(store: Pick<ResourceStore, 'version'>, faults: FaultSwitches): KeptPages {
  let kept = new Map<string, Answer>();
  let version = store.version();
  return async (request, who, make) => {
    // What was posted has its question in the body; and they are kept compressed.
    const mayBeKept = request.method === 'GET' && acceptsGzip(request);
    const isBent = faults.list().some(({ name }) => name !== HARMLESS);
    if (!mayBeKept || isBent) return make();
    if (version !== store.version()) {
      kept = new Map();
      version = store.version();
    }
    const key = `${who} ${request.url}`;
    const before = kept.get(key);
    if (before !== undefined) return before;
    const made = make();
    if (made === 'reset' || made.status !== 200) return made;
    // Packing takes a while: those that it belongs to may have been let go by then.
    const those = kept;
    const page = await packed(made);
    those.set(key, page);
    return page;
  };
}

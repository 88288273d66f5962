// Owns word of what changed, from whoever changes it to the live streams. In memory: a stream that begins
// late is sent the whole state first.

export type Change =
  | { readonly connection: string }
  | { readonly chartOf: string }
  | { readonly rightsOn: string }
  /** A list of clinics is being read, or was. */
  | { readonly directory: true }
  /** Sessions of an account have ended. */
  | { readonly sessionsOf: string };

export type Changes = {
  tell(change: Change): void;
  /** Calls `listener` on each change until the returned function is called. */
  listen(listener: (change: Change) => void): () => void;
};

export function createChanges(): Changes {
  const listeners = new Set<(change: Change) => void>();
  return {
    tell: (change) => {
      for (const listener of listeners) listener(change);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

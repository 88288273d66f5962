// Owns what a verb of the command line is: a function over the assembled program that yields what it has to say.
// The same function runs inside the server, asked over the control socket, or in this process where none runs.

import type { Act, Actor } from '../access/policy.ts';
import type { App } from '../http/app.ts';

/** Something a verb says. `text` goes to a person, `json` to a script that asked with --json. */
export type Output =
  | { readonly say: string }
  /** The result; one a verb, or one a line for lists. */
  | { readonly json: unknown; readonly text: string }
  /** Data for standard output as it is. */
  | { readonly data: string }
  | Question;

/** What only a person at a terminal can answer; the verb is run again with the answer. */
export type Question = { readonly choices: readonly string[] } & (
  | { readonly ask: 'person' }
  /** Whether the patient of this connection is the right one. */
  | { readonly ask: 'patient'; readonly connection: string }
);

/** Who asked, and whether they still wait. */
export type VerbCall = {
  readonly actor: Actor;
  readonly signal: AbortSignal;
  /**
   * Tells the audit, before it is done, that the verb's act is done to a record; null where that is not there yet.
   * Every verb whose act is on a record tells each that it touches.
   */
  tell(personId: string | null): Promise<void>;
};

export type Verb<Args = Record<string, unknown>> = {
  /** Without spaces: it stands in the address that the control socket is asked at. */
  readonly name: string;
  /** It sends people to this server's addresses, so it needs one that listens. */
  readonly needsPort?: boolean;
  /** It talks to portals, simulated ones included. */
  readonly needsPortals?: boolean;
  /** What the policy and the audit call it. */
  readonly act: Act;
  run(app: App, args: Args, call: VerbCall): AsyncIterable<Output>;
};

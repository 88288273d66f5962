// Owns the secret of a sign-in link between the address bar and the one POST that spends it.
// It is never stored, and the address is cleaned before anything else reads it.

let held: string | null = null;

/** Takes the secret out of `/sign-in#secret` and cleans the address, history entry included. */
export function takeSecretFromAddress(): void {
  if (location.pathname !== '/sign-in' || location.hash.length < 2) return;
  held = decodeURIComponent(location.hash.slice(1));
  history.replaceState(history.state, '', location.pathname);
}

/** The secret taken from the address, if there is one. */
export function heldSecret(): string | null {
  return held;
}

/** Forgets the secret: it is spent, or the person goes elsewhere. */
export function forgetSecret(): void {
  held = null;
}

// Owns where a person returns to after signing in: a path of this app, nothing after it.

const key = 'chartfold.return-to';

/** Keeps the path for this tab. Anything but a path of this app is dropped. */
export function keepReturnPath(path: string): void {
  if (!isReturnPath(path)) return;
  try {
    sessionStorage.setItem(key, path);
  } catch {
    // Storage is closed: the person lands on the first page instead.
  }
}

/** The kept path, once; `/` where there is none. */
export function takeReturnPath(): string {
  try {
    const path = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return path !== null && isReturnPath(path) ? path : '/';
  } catch {
    return '/';
  }
}

/** One leading slash, no query, no hash, and not one of the pages of signing in. */
export function isReturnPath(path: string): boolean {
  return /^\/(?![/\\])[\w\-./~%]*$/.test(path) && !/^\/sign-in(\/|$)/.test(path);
}

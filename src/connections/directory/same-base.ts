// Owns whether two FHIR bases are one. Pure.

/** Whether they are, however host and end are written. */
export function isSameBase(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(base: string): string {
  return (URL.canParse(base) ? new URL(base).href : base).replace(/\/+$/, '');
}

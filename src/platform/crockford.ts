// Owns the letters of what people copy from paper: Crockford's base 32, which has none that is read as another or as a
// digit (https://www.crockford.com/base32.html).

/** The 32 letters by their values. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** As it was meant: without hyphens and spaces, in either case, O for 0 and I or L for 1. */
export function asCrockford(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}

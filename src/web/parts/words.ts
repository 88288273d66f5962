// Owns counts in words and other small turns of phrase used on several pages.

const small = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** `one`, `two` … `nine`, then figures; zero is `none` only where the caller says so. */
export function inWords(n: number): string {
  return small[n] ?? figures(n);
}

/** `4,318`. */
export function figures(n: number): string {
  return n.toLocaleString('en-US');
}

/** `1 record`, `4,318 records`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${figures(n)} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** First letter up. */
export function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `EM` for Elena Marsh. */
export function initials(name: string): string {
  const words = name.split(/\s+/).filter((w) => /^\p{L}/u.test(w));
  const first = words[0]?.charAt(0) ?? '';
  const last = words.length > 1 ? (words.at(-1)?.charAt(0) ?? '') : '';
  return (first + last).toUpperCase();
}

/** `Elena’s`, `James’`. */
export function possessive(name: string): string {
  return name.endsWith('s') ? `${name}’` : `${name}’s`;
}

/** A FHIR administrative gender as people say it. */
export function sexInWords(gender: string | null): string {
  if (gender === null) return 'not recorded';
  return gender === 'unknown' ? 'unknown to the portal' : gender;
}

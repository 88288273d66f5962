// Owns what is done to every text that comes from the server before a page shows it: nothing in it acts on what stands
// around it, and what no page can show whole is cut, since a name of a megabyte would stop the browser at every line that
// has it. Where the whole is wanted the record's own sheet gives it.

import { shown } from '../../fhir/text/shown.ts';
import { figures } from './words.ts';

/** The longest text of a list, a line or a title. */
const longest = 300;
/** Addresses: they are not read, or only by those who want all of it. And what is to be sent as it is. */
const whole = new Set(['go', 'request', 'words']);

/** The beginning of a text that is longer than `most`, and its length: `Wolfe… (1,000,000 characters)`. */
export function short(text: string, most = longest): string {
  return text.length > most
    ? `${beginning(text, most)}… (${figures(text.length)} characters)`
    : text;
}

/** At most the first `most` characters; none is cut in two. */
export function beginning(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

/** A value with every text in it harmless and short, addresses left as they are. */
export function shortTexts<T>(value: T): T {
  return eachText(value, (text, key) => (whole.has(key) ? text : short(shown(text)))) as T;
}

/** A value with every text in it harmless, as long as it is. */
export function shownTexts<T>(value: T): T {
  return eachText(value, shown) as T;
}

function eachText(value: unknown, of: (text: string, key: string) => string, key = ''): unknown {
  if (typeof value === 'string') return of(value, key);
  if (Array.isArray(value)) return value.map((item) => eachText(item, of, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => [name, eachText(inside, of, name)]),
  );
}

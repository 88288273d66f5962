// Owns how texts from portals and lists are shown among ours: nothing in them acts on what stands around them. Pure; what
// is stored as it was received stays so.

/**
 * Control characters but tab and line feed, which a terminal obeys, and those that embed, override or isolate a
 * direction, which can turn round what follows.
 * @see https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const ACTING = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
/** Letters and marks that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A text without what acts on its surroundings. */
export function shown(text: string): string {
  return text.replace(ACTING, '');
}

/**
 * A text among other text, its direction its own: `שרה, born 1970` keeps its comma and its year where they are. As
 * `<bdi>` does it for an element.
 */
export function apart(text: string): string {
  const plain = shown(text);
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** Those of some texts that there are, side by side. */
export function listedApart(texts: readonly (string | null)[]): string {
  return texts
    .filter((text) => text !== null)
    .map(apart)
    .join(', ');
}

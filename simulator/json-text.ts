// JSON whose numbers keep the characters they were written with: `565.60` stays `565.60`. It makes the exact text
// of each resource once; whoever serves a resource serves that text.

/** A FHIR resource as the generator builds it; numbers that need exact characters are made by {@link decimal}. */
export type Resource = { resourceType: string; id: string; [element: string]: unknown };

/** A number that is written with exactly these characters. @param token a JSON number, such as `565.60` or `1E2` */
export function decimal(token: string): unknown {
  return rawJson.rawJSON(token);
}

/** Reads JSON so that writing it again gives each number its own characters back. */
export function parseExactly(text: string): unknown {
  return rawJson.parse(text, (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined
      ? rawJson.rawJSON(context.source)
      : value,
  );
}

/** Writes a resource on one line; with `escaped`, characters beyond ASCII become `\u` sequences. */
export function writeExactly(resource: unknown, escaped = false): string {
  const text = JSON.stringify(resource);
  if (!escaped) return text;
  return text.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// JSON.rawJSON and the reviver's third argument are in Node but not yet in TypeScript's library.
const rawJson = JSON as unknown as {
  rawJSON(token: string): unknown;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context?: { source?: string }) => unknown,
  ): unknown;
};

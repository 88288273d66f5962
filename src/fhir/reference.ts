// Owns reading what a Reference points to, from its text alone. Pure; resolves nothing.

/** Where a reference points. */
export type ParsedReference =
  /** Within the same resource: `#id`. */
  | { readonly kind: 'contained'; readonly id: string }
  /** `Type/id`, on the server that the resource is from. */
  | { readonly kind: 'relative'; readonly type: string; readonly id: string }
  /** On a server by its base, without a slash at the end. */
  | {
      readonly kind: 'absolute';
      readonly base: string;
      readonly type: string;
      readonly id: string;
    }
  /** `urn:uuid:…` or `urn:oid:…`; the whole, in lower case. */
  | { readonly kind: 'urn'; readonly urn: string }
  /** `Type?identifier=system|value`: whichever resource of the type has that identifier. */
  | {
      readonly kind: 'conditional';
      readonly type: string;
      readonly system: string;
      readonly value: string;
    }
  /** Anything else; kept, not understood. */
  | { readonly kind: 'other'; readonly text: string };

/**
 * Reads a reference. A version (`/_history/n`) is left out: the record follows the resource.
 * @see https://hl7.org/fhir/R4/references.html#literal
 */
export function parseReference(reference: string): ParsedReference {
  const text = reference.trim();
  if (text.startsWith('#')) return { kind: 'contained', id: text.slice(1) };
  if (/^urn:/i.test(text)) return { kind: 'urn', urn: text.toLowerCase() };
  return readConditional(text) ?? readLiteral(text) ?? { kind: 'other', text };
}

/** Whether a text is a UUID, and so names one thing in the whole world. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/**
 * Every literal reference in a parsed resource, with the name of the member that holds it, deeper
 * ones too. Contained resources are part of what holds them.
 */
export function* referencesIn(
  value: unknown,
): Generator<{ readonly member: string; readonly reference: string }> {
  // A stack of our own: a deeply nested resource must not end the process.
  const open: { member: string; value: unknown }[] = [{ member: '', value }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { member, value: at } = next;
    if (typeof at !== 'object' || at === null) continue;
    if (Array.isArray(at)) {
      for (const item of at.toReversed()) open.push({ member, value: item });
      continue;
    }
    const { reference } = at as { reference?: unknown };
    if (typeof reference === 'string') yield { member, reference };
    for (const [key, inner] of Object.entries(at).reverse()) {
      open.push({ member: key, value: inner });
    }
  }
}

function readConditional(text: string): ParsedReference | undefined {
  const found = /^([A-Z][A-Za-z]+)\?(.+)$/.exec(text);
  const [, type, query] = found ?? [];
  if (type === undefined || query === undefined) return undefined;
  // Not URLSearchParams alone: it would take a plus sign in an identifier for a space.
  const token = new URLSearchParams(query.replaceAll('+', '%2B')).get('identifier');
  if (token === null) return undefined;
  const bar = token.indexOf('|');
  return bar < 0
    ? { kind: 'conditional', type, system: '', value: token }
    : { kind: 'conditional', type, system: token.slice(0, bar), value: token.slice(bar + 1) };
}

function readLiteral(text: string): ParsedReference | undefined {
  const found =
    /^(?:(https?:\/\/.+?)\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]+)(?:\/_history\/[^/]+)?$/.exec(text);
  const [, base, type, id] = found ?? [];
  if (type === undefined || id === undefined) return undefined;
  return base === undefined ? { kind: 'relative', type, id } : { kind: 'absolute', base, type, id };
}

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
  /** `Type?identifier=system|value`: whichever resource of the type has that identifier; of any when empty. */
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
 * Everything that a parsed resource refers to, at any depth: by address, or, where a Reference has
 * none, by identifier. Contained resources are part of what holds them.
 */
export function* referencesIn(value: unknown): Generator<ParsedReference> {
  // A stack of our own: a deeply nested resource must not end the process.
  const open: unknown[] = [value];
  while (open.length > 0) {
    const at = open.pop();
    if (typeof at !== 'object' || at === null) continue;
    if (Array.isArray(at)) {
      for (const item of at.toReversed()) open.push(item);
      continue;
    }
    yield* readReference(at);
    for (const inner of Object.values(at).reverse()) open.push(inner);
  }
}

/**
 * What one Reference points to; nothing when the value is none. One identifier without an address is
 * read as `Type?identifier=…`, with an empty type where the Reference names none.
 * @see https://hl7.org/fhir/R4/references.html#logical
 */
export function readReference(value: unknown): ParsedReference[] {
  if (typeof value !== 'object' || value === null) return [];
  const { reference, identifier, type } = value as Record<string, unknown>;
  if (typeof reference === 'string') return [parseReference(reference)];
  // A resource has identifiers too: those are its own, in a list, and it has a resourceType.
  if (typeof identifier !== 'object' || identifier === null || Array.isArray(identifier)) return [];
  if ('resourceType' in value) return [];
  const { system, value: id } = identifier as Record<string, unknown>;
  if (typeof system !== 'string' || typeof id !== 'string') return [];
  const of = typeof type === 'string' ? type : '';
  return [{ kind: 'conditional', type: of, system, value: id }];
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

/** Ids are read as servers write them: some hold an underscore, which R4 does not allow. */
function readLiteral(text: string): ParsedReference | undefined {
  const found =
    /^(?:([Hh][Tt]{2}[Pp][Ss]?:\/\/.+?)\/)?([A-Z][A-Za-z]+)\/([^\s/?#|]+)(?:\/_history\/[^/]+)?$/.exec(
      text,
    );
  const [, base, type, id] = found ?? [];
  if (type === undefined || id === undefined) return undefined;
  return base === undefined ? { kind: 'relative', type, id } : { kind: 'absolute', base, type, id };
}

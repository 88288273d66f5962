// Owns what a parsed resource is before anybody has looked into it. Lenient as the world is: what is
// read is checked where it is read, and nothing here is a promise of a server.

/** A resource as parsed: its type is known, the rest is for its reader to check. */
export type Resource = { readonly resourceType: string; readonly id?: string } & {
  readonly [member: string]: unknown;
};

/** Whether a parsed value is a resource at all. */
export function isResource(value: unknown): value is Resource {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { resourceType?: unknown }).resourceType === 'string'
  );
}

/** Whether a text has the form of a resource type: `Observation`, and not `constructor` or a sentence. */
export function isTypeName(text: string): boolean {
  return /^[A-Z][A-Za-z]{1,40}$/.test(text);
}

/** The identifiers of a resource that have a system and a value; retired ones left out. */
export function identifiersOf(resource: Resource): { system: string; value: string }[] {
  const list = Array.isArray(resource.identifier) ? resource.identifier : [resource.identifier];
  return list.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [];
    const { use, system, value } = item as Record<string, unknown>;
    const isUsable = typeof system === 'string' && typeof value === 'string' && value.trim() !== '';
    return isUsable && use !== 'old' && use !== 'temp' ? [{ system, value }] : [];
  });
}

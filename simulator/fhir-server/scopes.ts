// Which scopes the vendor knows, and what a granted list lets a token do.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';

type Scoping = Pick<
  PortalBehaviour,
  'scopedTypes' | 'laterScopedTypes' | 'categoryScopes' | 'otherScopes'
>;

/** Every type that is served: each that has a scope of its own, or can be searched. */
export function servedTypes(
  behaviour: Scoping & Pick<PortalBehaviour, 'requiredParameters'>,
): readonly string[] {
  const { scopedTypes, laterScopedTypes, requiredParameters } = behaviour;
  const types = new Set([...scopedTypes, ...laterScopedTypes, ...Object.keys(requiredParameters)]);
  return [...types].filter((type) => type !== '*');
}

/** Every scope that can be granted, in v1 and v2 spelling. */
export function knownScopes(behaviour: Scoping): readonly string[] {
  return [
    ...behaviour.otherScopes,
    ...behaviour.scopedTypes.flatMap((type) => spelled(type, ['read', 'r', 's', 'rs'])),
    ...behaviour.laterScopedTypes.flatMap((type) => spelled(type, ['r', 's', 'rs'])),
    ...Object.entries(behaviour.categoryScopes).flatMap(([type, categories]) =>
      categories.map((category) => `patient/${type}.rs?${categoryQuery(type, category)}`),
    ),
  ];
}

/** Whether the granted scopes let a token read, or search, a type. */
export function isAllowed(
  behaviour: PortalBehaviour,
  granted: ReadonlySet<string>,
  type: string,
  interaction: 'read' | 'search',
  /** What a search is narrowed to. */
  category: string | null = null,
): boolean {
  const has = (letters: string) =>
    granted.has(`patient/${type}.${letters}`) || granted.has(`patient/*.${letters}`);
  if (has('read') || has('rs')) return true;
  if (category !== null && granted.has(`patient/${type}.rs?category=${category}`)) return true;
  if (interaction === 'read') return has('r');
  return has('s') || (behaviour.v2ReadAloneSearches && has('r'));
}

function spelled(type: string, letters: readonly string[]): string[] {
  return letters.map((each) => `patient/${type}.${each}`);
}

/** The query of a scope that is limited to a category: its system and its code (SMART 2.2, finer-grained scopes). */
function categoryQuery(type: string, category: string): string {
  const system =
    type === 'Condition' && category === 'health-concern'
      ? 'http://hl7.org/fhir/us/core/CodeSystem/condition-category'
      : category === 'sdoh'
        ? 'http://hl7.org/fhir/us/core/CodeSystem/us-core-category'
        : `http://terminology.hl7.org/CodeSystem/${type.toLowerCase()}-category`;
  return `category=${system}|${category}`;
}

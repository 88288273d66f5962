// Which scopes the vendor knows, and what a granted list lets a token do.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';

type Scoping = Pick<PortalBehaviour, 'scopedTypes' | 'laterScopedTypes' | 'otherScopes'>;

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
  ];
}

/** Whether the granted scopes let a token read, or search, a type. */
export function isAllowed(
  behaviour: PortalBehaviour,
  granted: ReadonlySet<string>,
  type: string,
  interaction: 'read' | 'search',
): boolean {
  const has = (letters: string) =>
    granted.has(`patient/${type}.${letters}`) || granted.has(`patient/*.${letters}`);
  if (has('read') || has('rs')) return true;
  if (interaction === 'read') return has('r');
  return has('s') || (behaviour.v2ReadAloneSearches && has('r'));
}

function spelled(type: string, letters: readonly string[]): string[] {
  return letters.map((each) => `patient/${type}.${each}`);
}

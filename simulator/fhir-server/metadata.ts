// The CapabilityStatement of one environment, as text; in DSTU2 it is called Conformance.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { Environment } from '../environments.ts';
import { servedTypes } from './scopes.ts';

/** `{fhirBase}/metadata`; `types` are those that it lists. */
export function capabilityStatement(
  environment: Environment,
  behaviour: PortalBehaviour,
  fhirBase: string,
  types: readonly string[] = servedTypes(behaviour),
): string {
  return JSON.stringify({
    resourceType: behaviour.fhirVersion === '1.0.2' ? 'Conformance' : 'CapabilityStatement',
    status: 'active',
    // The vendor's date stands still while the content changes.
    date: '2022-06-06',
    kind: 'instance',
    ...(behaviour.profiles.length > 0 ? { instantiates: behaviour.profiles } : {}),
    software: { name: `${behaviour.name} FHIR Server (simulated)` },
    implementation: { description: `Simulated ${behaviour.name}`, url: fhirBase },
    fhirVersion: behaviour.fhirVersion,
    format: ['json'],
    rest: [
      {
        mode: 'server',
        security: { cors: true, extension: securityExtensions(environment) },
        resource: types.map((type) => resourceCapability(type, behaviour)),
      },
    ],
  });
}

function securityExtensions({ base, paths }: Environment): unknown[] {
  const addresses = [
    { url: 'authorize', valueUri: `${base}${paths.authorize}` },
    { url: 'token', valueUri: `${base}${paths.token}` },
  ];
  // The DSTU2 extension stands first: a reader that takes the first match takes the wrong one.
  return [
    {
      url: 'http://fhir-registry.smarthealthit.org/DSTU2/StructureDefinition/oauth-uris',
      extension: addresses,
    },
    {
      url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
      extension: addresses,
    },
  ];
}

function resourceCapability(type: string, behaviour: PortalBehaviour): unknown {
  const combinations = behaviour.requiredParameters[type];
  const interaction = [{ code: 'read' }];
  if (combinations === undefined) return { type, interaction };
  return {
    ...(behaviour.missingParameter.words === 'combinations'
      ? { extension: [requiredExtension(combinations)] }
      : {}),
    type,
    interaction: [...interaction, { code: 'search-type' }],
    ...(type === 'Provenance' ? {} : { searchRevInclude: ['Provenance:target'] }),
    searchParam: [
      ...[...new Set(combinations.flat())].map((name) => ({ name, type: 'token' })),
      ...(behaviour.searchedByTime.includes(type) ? [{ name: '_lastUpdated', type: 'date' }] : []),
    ],
  };
}

function requiredExtension(combinations: readonly (readonly string[])[]): unknown {
  return {
    url: 'https://fhir.athena.io/StructureDefinition/ah-search-parameter-metadata',
    extension: combinations.map((names) => ({
      url: 'requiredSearchParams',
      valueString: names.join(','),
    })),
  };
}

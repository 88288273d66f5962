// The CapabilityStatement of one environment, as text.

import type { AthenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import type { Environment } from '../environments.ts';
import { servedTypes } from './scopes.ts';

/** `{fhirBase}/metadata`; `types` are those that it lists. */
export function capabilityStatement(
  environment: Environment,
  behaviour: AthenahealthBehaviour,
  types: readonly string[] = servedTypes,
): string {
  return JSON.stringify({
    resourceType: 'CapabilityStatement',
    status: 'active',
    // The vendor's date stands still while the content changes.
    date: '2022-06-06',
    kind: 'instance',
    instantiates: [
      'http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|3.1.1',
      'http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|6.1.0',
    ],
    software: { name: 'athenahealth FHIR Server (simulated)' },
    implementation: { description: 'Simulated athenahealth', url: environment.fhirBase },
    fhirVersion: '4.0.1',
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

function securityExtensions({ oauthBase }: Environment): unknown[] {
  const addresses = [
    { url: 'authorize', valueUri: `${oauthBase}/authorize` },
    { url: 'token', valueUri: `${oauthBase}/token` },
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

function resourceCapability(type: string, behaviour: AthenahealthBehaviour): unknown {
  const combinations = behaviour.requiredParameters[type];
  const interaction = [{ code: 'read' }];
  if (combinations === undefined) return { type, interaction };
  return {
    extension: [
      {
        url: 'https://fhir.athena.io/StructureDefinition/ah-search-parameter-metadata',
        extension: combinations.map((names) => ({
          url: 'requiredSearchParams',
          valueString: names.join(','),
        })),
      },
    ],
    type,
    interaction: [...interaction, { code: 'search-type' }],
    ...(type === 'Provenance' ? {} : { searchRevInclude: ['Provenance:target'] }),
    searchParam: [
      ...[...new Set(combinations.flat())].map((name) => ({ name, type: 'token' })),
      ...(behaviour.searchedByTime.includes(type) ? [{ name: '_lastUpdated', type: 'date' }] : []),
    ],
  };
}

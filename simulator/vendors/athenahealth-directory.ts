// The vendor's published list of practices: one Bundle of Organizations that all share one Endpoint.

import type { Environment } from '../environments.ts';
import type { Practice } from '../people/world.ts';

/** The text of `athena-fhir-service-base-urls.json`. */
export function directoryBundle(environment: Environment, practices: readonly Practice[]): string {
  const endpoint = {
    resourceType: 'Endpoint',
    id: 'athena-r4',
    status: 'active',
    connectionType: {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code: 'hl7-fhir-rest',
    },
    name: 'athenahealth FHIR R4 (simulated)',
    payloadType: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type', code: 'none' },
        ],
      },
    ],
    address: environment.fhirBase,
  };
  const organizations = practices.map((practice) => ({
    resourceType: 'Organization',
    id: `a-1.Practice-${practice.id}`,
    extension: [
      {
        url: 'https://fhir.athena.io/StructureDefinition/ah-practice',
        valueReference: { reference: `Organization/a-1.Practice-${practice.id}` },
      },
    ],
    active: true,
    name: practice.name,
    telecom: [{ system: 'phone', value: practice.phone }],
    address: [
      {
        line: [practice.line],
        city: practice.city,
        state: practice.state,
        postalCode: practice.postalCode,
        country: 'US',
      },
    ],
    endpoint: [{ reference: 'Endpoint/athena-r4' }],
  }));
  const entry = [endpoint, ...organizations].map((resource) => ({
    fullUrl: `${environment.fhirBase}/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

// The list of activated endpoints as Healow publishes it: a Bundle in which an Organization and an Endpoint of the same
// id are one practice, each with a FHIR base of its own.

import type { Practice } from '../people/world.ts';

/**
 * The text of `activated_clinical_endpoints`.
 * @param fhirBases the address that the codes of practices stand behind, such as `…/fhir/r4`
 */
export function healowBundle(fhirBases: string, practices: readonly Practice[]): string {
  const entry = practices.flatMap((practice) => [
    {
      fullUrl: `${fhirBases}/${practice.id}/Organization/${practice.id}`,
      resource: {
        resourceType: 'Organization',
        id: practice.id,
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
        endpoint: [{ reference: `Endpoint/${practice.id}` }],
      },
    },
    {
      fullUrl: `${fhirBases}/${practice.id}/Endpoint/${practice.id}`,
      resource: {
        resourceType: 'Endpoint',
        id: practice.id,
        status: 'active',
        connectionType: {
          system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
          code: 'hl7-fhir-rest',
        },
        payloadType: [
          {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/endpoint-payload-type',
                code: 'none',
              },
            ],
          },
        ],
        managingOrganization: { reference: `Organization/${practice.id}` },
        address: `${fhirBases}/${practice.id}`,
      },
    },
  ]);
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', total: entry.length, entry });
}

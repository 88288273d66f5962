// Gives a world the shapes of another vendor than the one that it was made for: ids in that vendor's form, none of the
// first one's extensions and identifiers, and whatever else the vendor bends.

import { createHash } from 'node:crypto';
import type { Resource } from '../json-text.ts';
import { type Cast, generateWorld } from '../people/generate.ts';
import type { GeneratedResource, World, WorldRequest } from '../people/world.ts';

export type Shape = {
  /** An id in the vendor's form, from one that is its own in the world. */
  id(type: string, id: string): string;
  /** The resource as the vendor has it; null where it has none such. Ids and references are done before. */
  bend(resource: Resource): Resource | null;
};

/** Makes the world of a cast in a vendor's shapes. `cast` names patients as `a-{practice}.E-{number}`. */
export function reshapedWorld(
  request: WorldRequest,
  cast: Cast,
  shape: Shape,
  emit: (generated: GeneratedResource) => void,
): World {
  const { practices, accounts } = generateWorld(request, cast, (generated) => {
    const resource = shape.bend(reshaped(generated.resource, shape));
    if (resource === null) return;
    const { patientId, updated } = generated;
    const of = patientId === undefined ? {} : { patientId: shape.id('Patient', patientId) };
    emit({ resource, updated, ...of });
  });
  return {
    practices,
    accounts: accounts.map((account) => ({
      ...account,
      ownPatientId: shape.id('Patient', account.ownPatientId),
      charts: account.charts.map((chart) => ({
        ...chart,
        patientId: shape.id('Patient', chart.patientId),
      })),
    })),
  };
}

/** A UUID that is always the same for the same text. */
export function steadyUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const FIRST_VENDOR = 'https://fhir.athena.io/';
/** The organization that stands for the vendor itself. */
const FIRST_VENDORS_OWN = 'a-1.Org-ATHENA';

function reshaped(resource: Resource, shape: Shape): Resource {
  const turned = turn(resource, shape) as Resource;
  const isFirst = resource.id === FIRST_VENDORS_OWN;
  return {
    ...turned,
    id: shape.id(resource.resourceType, resource.id),
    ...(isFirst ? { name: 'The vendor of this portal (simulated)' } : {}),
  };
}

function turn(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) {
    return value.filter((one) => !isOfFirstVendor(one)).map((one) => turn(one, shape));
  }
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      const turned =
        (name === 'reference' || name === 'url') && typeof each === 'string'
          ? referenceIn(each, shape)
          : turn(each, shape);
      const isEmptied = Array.isArray(turned) && turned.length === 0;
      return isEmptied ? [] : [[name, turned] as const];
    }),
  );
}

function referenceIn(reference: string, shape: Shape): string {
  const [, type = '', id = ''] = /^([A-Z][A-Za-z]+)\/(.+)$/.exec(reference) ?? [];
  return type === '' ? reference : `${type}/${shape.id(type, id)}`;
}

function isOfFirstVendor(value: unknown): boolean {
  const { url, system } = (value ?? {}) as { url?: unknown; system?: unknown };
  return [url, system].some((one) => typeof one === 'string' && one.startsWith(FIRST_VENDOR));
}

function isRawNumber(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

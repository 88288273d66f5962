// Owns reading lists of any SMART on FHIR servers: user-access brands, Bundles of Organizations that name the Endpoints
// their patients use, and plainer lists of addresses.
// See https://hl7.org/fhir/smart-app-launch/brands.html

import { z } from 'zod';
import {
  endpoint as endpointShape,
  type Endpoint,
  isResource,
  organization as organizationShape,
  type Organization,
  placeIn,
  readPlainList,
  resourcesOf,
} from '../directory-shapes.ts';
import {
  type DirectoryClinic,
  type DirectoryList,
  type DirectoryReader,
  isOfVersion,
} from '../portal.ts';

const PORTAL = 'http://hl7.org/fhir/StructureDefinition/organization-portal';
const FHIR_VERSION = 'http://hl7.org/fhir/StructureDefinition/endpoint-fhir-version';
const part = z.object({
  url: z.string(),
  valueString: z.string().optional(),
  valueReference: z.object({ reference: z.string() }).optional(),
});
const portal = z.object({ url: z.literal(PORTAL), extension: z.array(part) });
const version = z.object({ url: z.literal(FHIR_VERSION), valueCode: z.string() });

/** A brand put together of all Organizations that share an identifier [SMART 2.2 @420]. */
type Brand = {
  readonly id: string;
  readonly name: string;
  readonly aliases: Set<string>;
  readonly place: ReturnType<typeof placeIn>;
  readonly partOf: string | null;
  /** References to Endpoints, with the name of the portal that they are named for. */
  readonly endpoints: Map<string, string | null>;
};

/**
 * Brands, one clinic for each R4 Endpoint of theirs; a part of a brand without Endpoints of its own has its brand's.
 * Without Brands, each Endpoint by its own name or that of the Organization in it.
 */
export const smartDirectory: DirectoryReader = {
  isOwn: () => true,
  read: (text) => (isResource(text) ? readBundle(text) : readPlain(text)),
};

function readPlain(text: string): DirectoryList {
  const { entries, unreadable } = readPlainList(text);
  const clinics = entries.flatMap(({ id, name, url, postalCode }) => {
    const place = { town: null, state: null, postalCode };
    return url
      ? [{ id: id || url, fhirBaseUrl: withoutSlash(url), name, aliases: [], ...place }]
      : [];
  });
  return { clinics, unreadable: unreadable + entries.length - clinics.length };
}

function readBundle(text: string): DirectoryList {
  const endpoints = new Map<string, Endpoint>();
  const brands = new Map<string, Brand>();
  const byReference = new Map<string, Brand>();
  const { resources, entriesWithoutResource } = resourcesOf(text);
  let unreadable = entriesWithoutResource;
  for (const { fullUrl, resource } of resources) {
    const { resourceType } = resource as { resourceType?: unknown };
    if (resourceType === 'Endpoint') {
      const { data } = endpointShape.safeParse(resource);
      if (!data) unreadable += 1;
      else if (isR4(data)) for (const name of namesOf(data, fullUrl)) endpoints.set(name, data);
    } else if (resourceType === 'Organization') {
      const { data } = organizationShape.safeParse(resource);
      if (!data) {
        unreadable += 1;
        continue;
      }
      const brand = mergedInto(brands, data, fullUrl);
      for (const name of namesOf(data, fullUrl)) byReference.set(name, brand);
    }
  }
  const clinics =
    brands.size > 0
      ? [...brands.values()].flatMap((brand) => clinicsOfBrand(brand, byReference, endpoints))
      : [...new Set(endpoints.values())].flatMap(clinicOfEndpoint);
  return { clinics, unreadable };
}

function mergedInto(
  brands: Map<string, Brand>,
  organization: Organization,
  fullUrl: string,
): Brand {
  const [identifier] = organization.identifier;
  const key = identifier?.value
    ? `${identifier.system}|${identifier.value}`
    : organization.id || fullUrl;
  const brand = brands.get(key) ?? {
    id: identifier?.value || organization.id || fullUrl,
    name: organization.name,
    aliases: new Set<string>(),
    place: placeIn(organization),
    partOf: organization.partOf?.reference ?? null,
    endpoints: new Map<string, string | null>(),
  };
  brands.set(key, brand);
  if (organization.name !== brand.name) brand.aliases.add(organization.name);
  for (const alias of organization.alias) brand.aliases.add(alias);
  // Found by each of its towns.
  for (const { city } of organization.address.slice(1))
    if (city) brand.aliases.add(`${organization.name}, ${city}`);
  for (const { reference } of organization.endpoint)
    if (!brand.endpoints.has(reference)) brand.endpoints.set(reference, null);
  for (const { extension } of organization.extension.flatMap(
    (e) => portal.safeParse(e).data ?? [],
  )) {
    const name = extension.find(({ url }) => url === 'portalName')?.valueString ?? null;
    for (const { url, valueReference } of extension)
      if (url === 'portalEndpoint' && valueReference)
        brand.endpoints.set(valueReference.reference, name);
  }
  return brand;
}

function clinicsOfBrand(
  brand: Brand,
  byReference: ReadonlyMap<string, Brand>,
  endpoints: ReadonlyMap<string, Endpoint>,
): DirectoryClinic[] {
  const above = brand.partOf === null ? undefined : byReference.get(brand.partOf);
  const named = brand.endpoints.size > 0 ? brand.endpoints : (above?.endpoints ?? new Map());
  const found = [...named].flatMap(([reference, portalName]) => {
    const endpoint = endpoints.get(reference);
    return endpoint ? [{ base: withoutSlash(endpoint.address), portalName }] : [];
  });
  return found.map(({ base, portalName }) => ({
    id: found.length === 1 ? brand.id : `${brand.id} ${base}`,
    fhirBaseUrl: base,
    name: found.length === 1 || !portalName ? brand.name : `${brand.name}, ${portalName}`,
    aliases: [...brand.aliases, ...(portalName ? [portalName] : [])],
    ...brand.place,
  }));
}

function clinicOfEndpoint(endpoint: Endpoint): DirectoryClinic[] {
  const owner = endpoint.contained.flatMap((one) => organizationShape.safeParse(one).data ?? [])[0];
  const name = owner?.name ?? endpoint.name;
  const base = withoutSlash(endpoint.address);
  const place = placeIn(owner ?? { address: [] });
  return name
    ? [{ id: endpoint.id ?? base, fhirBaseUrl: base, name, aliases: owner?.alias ?? [], ...place }]
    : [];
}

/** How others in the Bundle refer to it. */
function namesOf({ resourceType, id }: Endpoint | Organization, fullUrl: string): string[] {
  return [fullUrl, ...(id ? [`${resourceType}/${id}`] : [])].filter((name) => name !== '');
}

function isR4({ extension }: Endpoint): boolean {
  const said = extension.flatMap((one) => version.safeParse(one).data?.valueCode ?? []);
  return said.length === 0 || said.some((code) => isOfVersion(code, 'r4'));
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

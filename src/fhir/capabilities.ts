// Owns reading what a server says of itself, leniently: CapabilityStatement of R4, Conformance of DSTU2, of which the
// parts read here have the same shape. Pure.

/** What a server says it can do with one type. */
export type TypeCapability = {
  readonly searches: boolean;
  /** Names of search parameters; empty where it lists none. */
  readonly parameters: ReadonlySet<string>;
  /** What can come along with a search, as the values of `_revinclude`. */
  readonly revIncludes: ReadonlySet<string>;
};

/** By resource type. */
export type Capabilities = ReadonlyMap<string, TypeCapability>;

/**
 * What the text says; undefined where it is no such statement.
 * @see https://hl7.org/fhir/R4/capabilitystatement.html, https://hl7.org/fhir/DSTU2/conformance.html
 */
export function readCapabilities(text: string): Capabilities | undefined {
  const statement = statementIn(text);
  if (!statement) return undefined;
  const servers = records(statement.rest).filter(({ mode }) => mode !== 'client');
  const types = servers.flatMap(({ resource }) => records(resource));
  return new Map(
    types.flatMap((one) => (typeof one.type === 'string' ? [[one.type, capabilityOf(one)]] : [])),
  );
}

/** The version of FHIR that a statement says, `4.0.1`; undefined where it is no such statement, or says no version. */
export function readFhirVersion(text: string): string | undefined {
  const said = texts(statementIn(text)?.fhirVersion);
  return said.find((version) => /^\d[\w.-]{0,20}$/.test(version));
}

function statementIn(text: string): Record<string, unknown> | undefined {
  try {
    const statement: unknown = JSON.parse(text);
    return isRecord(statement) && STATEMENTS.has(statement.resourceType) ? statement : undefined;
  } catch {
    // A server that is down, or none, answers with a page: then it says nothing.
    return undefined;
  }
}

const STATEMENTS: ReadonlySet<unknown> = new Set(['CapabilityStatement', 'Conformance']);

function capabilityOf(type: Record<string, unknown>): TypeCapability {
  const parameters = records(type.searchParam).flatMap(({ name }) => texts(name));
  const interactions = records(type.interaction).flatMap(({ code }) => texts(code));
  return {
    // Some list search parameters and forget to say that they search.
    searches: interactions.includes('search-type') || parameters.length > 0,
    parameters: new Set(parameters),
    revIncludes: new Set(texts(type.searchRevInclude)),
  };
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((one): one is string => typeof one === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Owns the type of a portal: what a vendor is, as data that survives a JSON round trip, and the closed list of
// hooks for what data cannot say. Whatever reads a portal must work for every portal.

import type { AuthMethod } from '../platform/config/read.ts';
import type { ErrorCode } from '../platform/errors.ts';

export type Environment = 'production' | 'preview';
export const environments: readonly Environment[] = ['production', 'preview'];

export type FhirVersion = 'r4' | 'dstu2';

/** Whether a version as servers write it, `4.0.1`, is this one. */
export function isOfVersion(said: string, version: FhirVersion): boolean {
  return said.startsWith(BEGINNINGS[version]);
}

const BEGINNINGS: Readonly<Record<FhirVersion, string>> = { r4: '4.', dstu2: '1.0.' };

/** Stands in a vendor's addresses and parameters for the clinic's id. */
export const CLINIC = '{clinic}';

/** One address set of a vendor. */
export type PortalEnvironment = {
  /** `{clinic}` stands for the clinic's id where each clinic has a base of its own. */
  readonly fhirBaseUrl: string;
  /** Where the vendor's servers say nothing of their authorization; null: they do (SMART 2.2 @29). */
  readonly endpoints: { readonly authorization: string; readonly token: string } | null;
  /** Where a person ends the session that the vendor's own sign-in keeps in their browser; null where that is not known. */
  readonly signOut: string | null;
  /** The configuration keys begin with it: `_CLIENT_ID`, `_CLIENT_SECRET`, `_AUTH`. */
  readonly configPrefix: string;
  /** The vendor's published list of clinics; null where there is none. */
  readonly directoryUrl: string | null;
  /** About how large that list is, for the person who is asked whether to fetch it. */
  readonly directoryMegabytes?: number;
};

/** Where a patient's id is found: the launch context, the id_token's claim, or the one Patient that a search gives. */
export type PatientSource = 'token' | 'fhirUser' | 'search';

/** Parts of a question whose search is too slow, or too large, as a whole: by the years of a date parameter. */
export type Windows = {
  readonly parameter: string;
  /** How many years back one is a part of its own, at most to the birth; what is older is the last part. */
  readonly years: number;
};

/** A question that every sync asks for which its scope was granted, whatever the server says of itself. `{patient}` stands for the patient's id in the portal. */
export type PortalQuestion = {
  readonly key: string;
  /** What the person calls it. */
  readonly label: string;
  readonly type: string;
  /** Search parameters below the FHIR base, in order, unencoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Where it is asked year by year. */
  readonly windows?: Windows;
  /** The scope it needs, as asked. */
  readonly scope: string;
  readonly why: string;
};

export type Portal = {
  readonly id: string;
  readonly name: string;
  /** What people may know it by beside that: its maker, or the clinics' own software. */
  readonly otherNames: readonly string[];
  readonly fhirVersion: FhirVersion;
  /** Empty for servers that are added one by one. */
  readonly environments: Readonly<Partial<Record<Environment, PortalEnvironment>>>;
  /** Below PUBLIC_URL. */
  readonly callbackPath: string;
  /** What addresses the vendor lets people be sent back to. */
  readonly redirects: { readonly https: boolean; readonly localhost: boolean };
  readonly scopes: readonly string[];
  /** Whether these are asked for as they stand, or as far as the server says that it knows them, and in its spelling. */
  readonly scopesBy: 'vendor' | 'server';
  /** Asked for besides where Chartfold is a confidential client. */
  readonly confidentialScopes: readonly string[];
  /** How Chartfold may prove itself there, the way that a secret is sent by itself before other ways of sending one. */
  readonly auth: readonly AuthMethod[];
  readonly pkce: boolean;
  readonly aud: 'fhir-base-url' | 'none';
  /** Whether `state` is known not to come back always. */
  readonly stateMayBeLost: boolean;
  /** Who is given refresh tokens; the others sign in again for each sync. */
  readonly renews: 'every-client' | 'confidential-clients';
  /** Where the patient's id comes from, tried in this order. */
  readonly patientFrom: readonly PatientSource[];
  /** Whether the portal's links name its own host, or another one in whose place its own is to be put. */
  readonly links: 'own' | 'rebased';
  /** The Accept header of questions. */
  readonly accept: string;
  /** The name of the parameter that asks for a page size; null where there is none. */
  readonly countParameter: string | null;
  /**
   * Whether `Bundle.total` of a search is how many records it finds over all its pages: then fewer that came are not all.
   * False where that is not known: a server may count before it leaves out what the person may not see.
   * @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.total
   */
  readonly totalIsRight: boolean;
  /** Parameters added to every FHIR call, values sent as written; `{clinic}` stands for the clinic's id. */
  readonly everyCall: Readonly<Record<string, string>>;
  /** Taken out of a patient's id to find the clinic, where nothing else says it: a pattern with one group. */
  readonly clinicInPatientId: string | null;
  /** What the body of a refresh must repeat. */
  readonly refreshRepeats: readonly ('client_id' | 'scope')[];
  /** How long a refresh token lasts from when it came, in days; null where the vendor does not say. */
  readonly refreshTokenDays: number | null;
  /** Hours between two syncs where the person has chosen nothing: what was said at the registration. */
  readonly syncEveryHours: number;
  /** Days, about, after which a list of clinics that was fetched before is asked for again. */
  readonly directoryEveryDays: number;
  /** Empty where only the server itself says what it has; where that can't be read, all that a patient may read is asked for. */
  readonly questions: readonly PortalQuestion[];
  /** Search parameters of the questions that are added because the server's CapabilityStatement lists their types. */
  readonly addedParameters: Readonly<Record<string, string>>;
  /**
   * Days after which everything is asked for again, where the portal has proved that it tells what has changed, and
   * what others refer to is read again.
   */
  readonly fullPassEveryDays: number;
  /** What is read by id because the patient's records refer to it, in this order, some ids to a request. */
  readonly referenced: {
    readonly batch: number;
    readonly questions: readonly Omit<PortalQuestion, 'parameters' | 'windows'>[];
  };
  readonly requests: {
    /** At a time: questions of one sync, and requests to one FHIR base over all of them. */
    readonly concurrency: number;
    /** What the vendor allows to one FHIR base, tokens included; null where it does not say. */
    readonly rate: { readonly requests: number; readonly in: 'second' | 'minute' } | null;
    /** The page size asked for again where a search's first page is too much for the portal. */
    readonly fewerAPage: number;
    readonly timeoutMs: number;
    /** Tries of a page in all, and the first pause between two; each further one is twice as long. */
    readonly attempts: number;
    readonly backoffMs: number;
  };
  /** Where a sync leaves a portal that goes on and on: beyond any real record. The receipt says where one was met. */
  readonly limits: {
    /** Of one question: its pages, and the records on them. */
    readonly pages: number;
    readonly records: number;
    /** Of one run: records asked for by id because others refer to them. */
    readonly referenced: number;
    readonly questionMs: number;
    readonly runMs: number;
  };
  /** Paths whose change alone makes no new version; `…url?` for the query of an address, which may be signed. */
  readonly volatilePaths: readonly string[];
  /** What this portal is known not to give, in words for the person. */
  readonly gaps: readonly string[];
  /** What to know before signing in, in words for the person. */
  readonly notes: readonly string[];
  /**
   * Where each clinic switches the patients' interface on by itself, and says no to everybody before: the words to send
   * one that has not; `{clinic}` stands for its name. Null where the vendor's clinics all have it.
   */
  readonly wordsForClinic: string | null;
};

/** What a token reply says to a hook: no token is in it. */
export type TokenFacts = {
  readonly reply: Readonly<Record<string, unknown>>;
  readonly accessClaims: Readonly<Record<string, unknown>> | null;
};

/** A failed FHIR answer, for classification. */
export type FailedAnswer = {
  readonly status: number;
  readonly outcomeText: string;
};

/** What data cannot say. Each returns a shape that the shared code knows; a further one needs a decision record. */
export type PortalHooks = {
  /** What the reply says beyond the specification: which clinic it is for. */
  conformTokenReply?(facts: TokenFacts): { readonly clinicId: string | null };
  /** A code for an answer that the shared classification would misread; undefined leaves it to that. */
  classifyError?(answer: FailedAnswer): ErrorCode | undefined;
};

/** A clinic of a vendor's list. */
export type DirectoryClinic = {
  /** The vendor's: a practice's number, a code, a brand; empty where the list has none. */
  readonly id: string;
  /** Where the list gives an address per clinic. */
  readonly fhirBaseUrl: string | null;
  readonly name: string;
  /** Other names that it goes by. */
  readonly aliases: readonly string[];
  readonly town: string | null;
  /** As listed: a code or a name. */
  readonly state: string | null;
  readonly postalCode: string | null;
};

/** What a list holds; entries that can't be read are left out and counted. */
export type DirectoryList = {
  readonly clinics: readonly DirectoryClinic[];
  readonly unreadable: number;
};

/** Reads lists of a vendor's clinics, as published or as others publish them. Pure. */
export type DirectoryReader = {
  /** Whether a list is of this vendor, by its first characters. */
  isOwn(beginning: string): boolean;
  /**
   * Of many megabytes, so never on the main thread.
   * @throws `directory.not_a_list`, `directory.cut_off`
   */
  read(text: string): DirectoryList;
};

/** A vendor: its data, its hooks, and a reader where its clinics stand in lists. */
export type Vendor = {
  readonly portal: Portal;
  readonly hooks: PortalHooks;
  readonly directory: DirectoryReader | null;
};

/** The media type of FHIR's JSON; some vendors answer with the older one, and parsing goes by structure. */
export const FHIR_JSON =
  'application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8';

/** How an environment of a portal is switched on here. */
export type Registration = {
  readonly clientId: string;
  readonly auth: AuthMethod;
  readonly clientSecret: string | null;
};

/** The environments that a vendor has. */
export function environmentsOf(
  portal: Pick<Portal, 'environments'>,
): { readonly environment: Environment; readonly own: PortalEnvironment }[] {
  return environments.flatMap((environment) => {
    const own = portal.environments[environment];
    return own ? [{ environment, own }] : [];
  });
}

// Owns what a vendor's service may do, as flags that its simulator obeys and its oddities are tested against. A shape
// only: no code of the client reads it, so that a misread rule there cannot hide in the simulator as well.

/** Every field is a fact about a vendor, not a choice of ours; where each comes from stands beside its value. */
export type PortalBehaviour = {
  readonly name: string;
  /** Below the vendor's host. */
  readonly paths: {
    /** `{clinic}` where each clinic has a base of its own. */
    readonly fhir: string;
    readonly authorize: string;
    readonly token: string;
    readonly revoke: string | null;
    readonly introspect: string | null;
    readonly keys: string | null;
    readonly logout: string | null;
    /** Of the authorization server, where its OpenID configuration lies; null: the FHIR base is the issuer. */
    readonly issuer: string | null;
    /** The published list of clinics. */
    readonly directory: string | null;
  };

  // the authorization server
  /** Whether the FHIR base has a smart-configuration. */
  readonly describesItself: boolean;
  readonly grantTypesListed: readonly string[];
  readonly capabilities: readonly string[];
  /** Whether smart-configuration has `scopes_supported`. */
  readonly listsScopes: boolean;
  readonly clientAuth: readonly (
    | 'none'
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'private_key_jwt'
  )[];
  /** Addresses that people may be sent back to. */
  readonly redirects: { readonly http: boolean; readonly localhost: boolean };
  readonly pkceRequired: boolean;
  /** Whether `aud` must be there and be the FHIR base. */
  readonly audRequired: boolean;
  /** What it must be: the FHIR base, or that with the practice's `a-1.Practice-{id}` after it, which settles the practice. */
  readonly audNames: 'fhir-base' | 'practice';
  /** Types that have a scope of each spelling, and those that only SMART v2's has. */
  readonly scopedTypes: readonly string[];
  readonly laterScopedTypes: readonly string[];
  /** Values of `category` that v2's scopes of a type may be limited to. */
  readonly categoryScopes: Readonly<Record<string, readonly string[]>>;
  /** Scopes beside those of types. */
  readonly otherScopes: readonly string[];
  /** What becomes of an authorization request with a scope that was not registered. */
  readonly unknownScopes: 'dropped' | 'refused';
  /** Whether a scope of SMART v2 with `r` alone lets a search pass. */
  readonly v2ReadAloneSearches: boolean;
  readonly returnsState: boolean;
  /** The longest lifetime of a client assertion, in seconds, and the one algorithm it may be signed with. */
  readonly assertion: { readonly maxSeconds: number; readonly alg: string };
  /** Token requests a minute, for each environment; the rest of the minute is answered with 429. */
  readonly tokenRequestsPerMinute: { readonly preview: number; readonly production: number };
  readonly accessToken: { readonly form: 'jwt' | 'opaque'; readonly seconds: number };
  /** Where the patient of a token is told beside the id_token's `fhirUser`. */
  readonly patientTold: 'token-reply' | 'nowhere';
  /** Whom `fhirUser` names: the person who signed in, or the patient whose record was opened. */
  readonly fhirUserIs: 'who-signed-in' | 'patient';
  /** Where the practice of a patient token is told: in the token reply, inside the access token, or nowhere. */
  readonly practiceTold: 'token-reply' | 'access-token' | 'nowhere';
  readonly refresh: {
    readonly for: 'every-client' | 'confidential-clients';
    /** Whether one must ask for `offline_access`. */
    readonly onlyOffline: boolean;
    /** Refresh requests without these form fields are refused with 400 `invalid_request`. */
    readonly needs: readonly string[];
    /** Whether each refresh brings a new token and uses the old one up; else the old one keeps working. */
    readonly rotates: boolean;
    readonly days: number;
    /** How one is refused after the clinic, or the person, has ended the access. */
    readonly refusedOnceWithdrawn: { readonly status: number; readonly error: string };
  };

  // the FHIR server
  readonly fhirVersion: '4.0.1' | '1.0.2';
  readonly mediaType: string;
  /** The media type that an Accept header must begin with, else 406; null where any is taken. */
  readonly acceptBegins: string | null;
  /** How all is answered at a clinic that has not switched its interface on; null where there is no such switch. */
  readonly clinicOffStatus: number | null;
  readonly profiles: readonly string[];
  readonly pages: {
    /** The parameter that asks for a page size. */
    readonly count: string;
    /** The parameter of the next page, which holds an id or a number. */
    readonly place: string;
    readonly placeIs: 'id' | 'number';
    readonly default: number;
    readonly max: number;
  };
  /** What a Bundle tells of how many entries there are over all pages. */
  readonly bundleTotal: 'absent' | 'right' | 'wrong';
  readonly fullUrl: 'text' | 'list';
  /** Whose host the addresses in a Bundle name. */
  readonly linkHost: 'own' | 'foreign';
  /** The search parameter combinations of which one must be given, by resource type. A type without is refused. */
  readonly requiredParameters: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** How a search without any required combination is refused. */
  readonly missingParameter: {
    readonly status: number;
    readonly words: 'combinations' | 'required' | 'unknown-operation';
  };
  /** Types whose searches are known by exactly their parameters: one too many is refused like one too few. */
  readonly exactTypes: readonly string[];
  /** Types of which metadata lists `_lastUpdated` among the search parameters. */
  readonly searchedByTime: readonly string[];
  /** Types that cannot be searched at all. */
  readonly readOnlyTypes: readonly string[];
  /** Types that can be searched and not read by id. */
  readonly searchOnlyTypes: readonly string[];
  /** Types that a patient's token cannot read, whatever scope was granted. */
  readonly deniedToPatients: readonly string[];
  /** The parameter by which a call names its practice; null where there is none. */
  readonly practiceParameter: string | null;
  /** Whether a patient token may leave it out. */
  readonly practiceMayBeOmitted: boolean;
  /** Types that are first answered with a redirect to where they are. */
  readonly redirectedTypes: readonly string[];
  /** Types whose search takes so long unless `parameter` narrows it; milliseconds. */
  readonly slow: Readonly<Record<string, { readonly ms: number; readonly parameter: string }>>;
  /** What is let through, and whether headers tell of it; what is over is refused until the next second or minute. */
  readonly rate: {
    readonly requests: number;
    readonly in: 'second' | 'minute';
    readonly headers: boolean;
    /** Whether requests of the authorization server count too, for each clinic. */
    readonly countsAuthorization: boolean;
  };
  /** Shares of the recorded sample, between 0 and 1. */
  readonly rates: {
    readonly observationEnteredInError: number;
    readonly observationUnknown: number;
    readonly observationCancelled: number;
    readonly observationTextOnlyCode: number;
    readonly conditionEnteredInError: number;
    readonly conditionWithClinicalStatus: number;
    readonly lastUpdatedMissing: number;
    readonly documentInline: number;
    /** Of the documents without their text inside: those that refer to a Binary. */
    readonly documentByReference: number;
  };
};

// What athenahealth's patient FHIR service was seen or is documented to do, as data: the simulator obeys it, and
// the portal's oddities are tested against it. It owns no code and imports nothing, so that a misread rule
// in the client cannot hide in the simulator as well. Confidence is noted as H (documented or recorded) or M.

/** The shape of {@link athenahealthBehaviour}; every field is a fact about the vendor, not a choice of ours. */
export type AthenahealthBehaviour = {
  /** Where the practice of a patient token is told: in the token reply, inside the access token, or nowhere. */
  readonly practiceTold: 'token-reply' | 'access-token' | 'nowhere';
  /** Refresh requests without these form fields are refused with 400 `invalid_request`. */
  readonly refreshNeeds: readonly string[];
  /** Whether an ordinary refresh answers with a refresh token; when it does not, the old one keeps working. */
  readonly refreshReturnsToken: boolean;
  /** Access token lifetime in seconds. */
  readonly accessTokenSeconds: number;
  /** Token requests a minute, for each environment; the rest of the minute is answered with 429. */
  readonly tokenRequestsPerMinute: { readonly preview: number; readonly production: number };
  /** The longest lifetime of a client assertion, in seconds, and the one algorithm it may be signed with. */
  readonly assertion: { readonly maxSeconds: number; readonly alg: string };
  readonly grantTypesListed: readonly string[];
  readonly capabilities: readonly string[];
  /** Whether smart-configuration has `scopes_supported`. */
  readonly listsScopes: boolean;
  readonly pageSize: { readonly default: number; readonly max: number };
  /** Whether a Bundle tells how many entries there are over all pages. */
  readonly bundleTotal: boolean;
  /** The search parameter combinations of which one must be given, by resource type. */
  readonly requiredParameters: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** Types of which metadata lists `_lastUpdated` among the search parameters. */
  readonly searchedByTime: readonly string[];
  /** The HTTP status of a search without any required combination. */
  readonly missingParameterStatus: number;
  /** Types that cannot be searched at all. */
  readonly readOnlyTypes: readonly string[];
  /** Types that a patient's token cannot read, whatever scope was granted. */
  readonly deniedToPatients: readonly string[];
  /** Whether a scope of SMART v2 with `r` alone lets a search pass. */
  readonly v2ReadAloneSearches: boolean;
  /** Whether a patient token may leave out `ah-practice`. */
  readonly practiceMayBeOmitted: boolean;
  /** Requests a second per token, as told in the RateLimit headers. */
  readonly requestsPerSecond: number;
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

const byPatientOrId = [['patient'], ['_id']] as const;

/** The facts; the comment of each names where it comes from. */
export const athenahealthBehaviour: AthenahealthBehaviour = {
  // M: one working client reads the claim `ah_practice` from the reply or from the token, another sees neither.
  practiceTold: 'access-token',
  // M: a working client sends both because the refresh is refused without.
  refreshNeeds: ['client_id', 'scope'],
  // M: "a new refresh_token may or may not be returned, keep the old one if absent".
  refreshReturnsToken: false,
  // M: typical value in several clients; the two-legged documentation says one hour.
  accessTokenSeconds: 3600,
  // H: docs.athenahealth.com/api/guides/authentication-and-url-locations.
  tokenRequestsPerMinute: { preview: 5, production: 50 },
  // H/M: setup guides of two integrators: RS384 with kid, aud = token URL, five minutes.
  assertion: { maxSeconds: 300, alg: 'RS384' },
  // H: smart-configuration read live on 2026-08-14; refresh_token is not listed although it works.
  grantTypesListed: ['authorization_code', 'client_credentials'],
  capabilities: [
    'launch-ehr',
    'launch-standalone',
    'client-public',
    'client-confidential-symmetric',
    'client-confidential-asymmetric',
    'sso-openid-connect',
    'context-ehr-patient',
    'context-ehr-encounter',
    'context-standalone-patient',
    'authorize-post',
    'permission-offline',
    'permission-patient',
    'permission-user',
    'permission-v1',
    'permission-v2',
    'context-banner',
    'context-style',
    'health-cards',
  ],
  listsScopes: false,
  // H: recorded sandbox pages hold 50; M: another client asks for 1,000.
  pageSize: { default: 50, max: 1000 },
  // H: recorded.
  bundleTotal: false,
  // H: metadata extension ah-search-parameter-metadata (requiredSearchParams, requiredAnySearchParams).
  requiredParameters: {
    Patient: [
      ['_id'],
      ['identifier'],
      ['name'],
      ['family', 'birthdate'],
      ['family', 'gender'],
      ['family', 'given'],
    ],
    AllergyIntolerance: [['patient']],
    CarePlan: byPatientOrId,
    CareTeam: byPatientOrId,
    Condition: [['patient'], ['encounter'], ['_id']],
    Coverage: [['patient']],
    Device: byPatientOrId,
    DiagnosticReport: byPatientOrId,
    DocumentReference: byPatientOrId,
    Encounter: byPatientOrId,
    Goal: byPatientOrId,
    Immunization: byPatientOrId,
    Location: [['_id']],
    Medication: [['_id']],
    MedicationRequest: [['patient', 'intent'], ['_id']],
    Observation: byPatientOrId,
    Organization: [['_id']],
    Practitioner: [['_id'], ['identifier', 'ah-practice']],
    Procedure: byPatientOrId,
    Provenance: [['target']],
    ServiceRequest: byPatientOrId,
  },
  // H: metadata.
  searchedByTime: [
    'CareTeam',
    'Device',
    'DiagnosticReport',
    'DocumentReference',
    'Encounter',
    'Goal',
    'Immunization',
    'Observation',
    'Procedure',
    'ServiceRequest',
  ],
  // H: recorded sandbox answer (one other report says 400 for the same words).
  missingParameterStatus: 403,
  readOnlyTypes: ['Binary'],
  // M: Binary needs system scopes; patient apps are refused.
  deniedToPatients: ['Binary'],
  // M: `.r` alone is answered with "Invalid scope".
  v2ReadAloneSearches: false,
  // H: recorded three-legged calls leave it out and succeed.
  practiceMayBeOmitted: true,
  // H: RateLimit-Limit 500, RateLimit-Reset 1 in the recordings.
  requestsPerSecond: 500,
  // H: counted over the recorded sample of practice 80000 (491 Observations, 43 Conditions, 22 documents).
  rates: {
    observationEnteredInError: 89 / 491,
    observationUnknown: 12 / 491,
    observationCancelled: 11 / 491,
    observationTextOnlyCode: 47 / 491,
    conditionEnteredInError: 12 / 43,
    conditionWithClinicalStatus: 7 / 43,
    lastUpdatedMissing: 0.5,
    documentInline: 8 / 22,
    // H: the other 14 are not published; no attachment of the sample has an address.
    documentByReference: 0,
  },
};

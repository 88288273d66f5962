// What athenahealth's patient FHIR service was seen or is documented to do, as data: the simulator obeys it, and
// the portal's oddities are tested against it. Confidence is noted as H (documented or recorded), M (a working client, or
// inferred from one) or L (a guess where nothing is known).

import type { PortalBehaviour } from '../behaviour.ts';

const byPatientOrId = [['patient'], ['_id']] as const;

/** The facts; the comment of each names where it comes from. */
export const athenahealthBehaviour: PortalBehaviour = {
  name: 'athenahealth',
  // H: smart-configuration read live on 2026-08-14. The issuer is another company's host, named `okta` here.
  paths: {
    fhir: '/fhir/r4',
    authorize: '/oauth2/v1/authorize',
    token: '/oauth2/v1/token',
    revoke: '/oauth2/v1/revoke',
    introspect: '/oauth2/v1/introspect',
    keys: '/oauth2/v1/keys',
    logout: '/oauth2/v1/logout',
    issuer: '/okta',
    directory: '/athena-fhir-service-base-urls.json',
  },
  describesItself: true,
  // H: smart-configuration read live; refresh_token is not listed although it works.
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
  // H: smart-configuration read live.
  clientAuth: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  // M: setup guides register localhost addresses in the preview.
  redirects: { http: true, localhost: true },
  pkceRequired: true,
  // M: two working clients send it, exactly the FHIR base.
  audRequired: true,
  audNames: 'fhir-base',
  // H: the 21 kinds of "FHIR R4 SMART V1" in the developer portal, and the six that only V2's have.
  scopedTypes: [
    'AllergyIntolerance',
    'Binary',
    'CarePlan',
    'CareTeam',
    'Condition',
    'Device',
    'DiagnosticReport',
    'DocumentReference',
    'Encounter',
    'Goal',
    'Immunization',
    'Location',
    'Medication',
    'MedicationRequest',
    'Observation',
    'Organization',
    'Patient',
    'Practitioner',
    'Procedure',
    'Provenance',
    'ServiceRequest',
  ],
  laterScopedTypes: [
    'Coverage',
    'Media',
    'MedicationDispense',
    'QuestionnaireResponse',
    'RelatedPerson',
    'Specimen',
  ],
  // H: the categories of the console's list of V2 scopes.
  categoryScopes: {
    Condition: ['health-concern', 'encounter-diagnosis', 'problem-list-item'],
    Observation: ['sdoh', 'laboratory', 'procedure', 'social-history', 'survey', 'vital-signs'],
  },
  otherScopes: ['openid', 'fhirUser', 'offline_access', 'launch/patient'],
  unknownScopes: 'dropped',
  // M: `.r` alone is answered with "Invalid scope".
  v2ReadAloneSearches: false,
  returnsState: true,
  // H/M: setup guides of two integrators: RS384 with kid, aud = token URL, five minutes.
  assertion: { maxSeconds: 300, alg: 'RS384' },
  // H: docs.athenahealth.com/api/guides/authentication-and-url-locations.
  tokenRequestsPerMinute: { preview: 5, production: 50 },
  // M: typical value in several clients; the two-legged documentation says one hour. A claim is read from it.
  accessToken: { form: 'jwt', seconds: 3600 },
  patientTold: 'token-reply',
  fhirUserIs: 'who-signed-in',
  // M: one working client reads the claim `ah_practice` from the reply or from the token, another sees neither.
  practiceTold: 'access-token',
  refresh: {
    for: 'every-client',
    onlyOffline: true,
    // M: a working client sends both because the refresh is refused without.
    needs: ['client_id', 'scope'],
    // M: "a new refresh_token may or may not be returned, keep the old one if absent".
    rotates: false,
    // L: how long one lasts is not in what is published.
    days: 90,
    refusedOnceWithdrawn: { status: 400, error: 'invalid_grant' },
  },
  fhirVersion: '4.0.1',
  // H: recorded.
  mediaType: 'application/fhir+json; charset=utf-8',
  acceptBegins: null,
  clinicOffStatus: null,
  profiles: [
    'http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|3.1.1',
    'http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|6.1.0',
  ],
  // H: recorded sandbox pages hold 50; M: another client asks for 1,000.
  pages: { count: '_count', place: 'cursor', placeIs: 'id', default: 50, max: 1000 },
  // H: recorded.
  bundleTotal: 'absent',
  fullUrl: 'text',
  linkHost: 'own',
  // H: metadata extension ah-search-parameter-metadata (requiredSearchParams, requiredAnySearchParams). L: of V2's six
  // kinds but Coverage, which are taken to be like the rest; one reading has Media by id alone.
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
    Media: byPatientOrId,
    MedicationDispense: byPatientOrId,
    QuestionnaireResponse: byPatientOrId,
    RelatedPerson: byPatientOrId,
    Specimen: byPatientOrId,
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
  // H: recorded sandbox answer (one other report says 400 for the same words).
  missingParameter: { status: 403, words: 'combinations' },
  exactTypes: [],
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
  readOnlyTypes: ['Binary'],
  searchOnlyTypes: [],
  // M: Binary needs system scopes; patient apps are refused.
  deniedToPatients: ['Binary'],
  practiceParameter: 'ah-practice',
  // H: recorded three-legged calls leave it out and succeed.
  practiceMayBeOmitted: true,
  redirectedTypes: [],
  slow: {},
  // H: RateLimit-Limit 500, RateLimit-Reset 1 in the recordings.
  rate: { requests: 500, in: 'second', headers: true, countsAuthorization: false },
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

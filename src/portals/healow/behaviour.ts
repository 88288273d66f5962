// What eClinicalWorks' patient FHIR service (Healow) was seen or is documented to do, as data: the simulator obeys it, and
// the portal's oddities are tested against it. Confidence is noted as H (documented or recorded) or M.

import type { PortalBehaviour } from '../behaviour.ts';

const byPatientOrId = [['patient'], ['_id']] as const;
const byId = [['_id']] as const;

export const healowBehaviour: PortalBehaviour = {
  name: 'Healow',
  // H: discovery read live at the bases of clinics on 2026-08-14; one authorization server for all of them, no end to a
  // token, and the FHIR base as the issuer.
  paths: {
    fhir: '/fhir/r4/{clinic}',
    authorize: '/oauth/oauth2/authorize',
    token: '/oauth/oauth2/token',
    revoke: null,
    introspect: null,
    keys: '/oauth/oauth2/jwks',
    logout: null,
    issuer: null,
    directory: '/apps/api/v1/fhir/activated_clinical_endpoints',
  },
  describesItself: true,
  // H: smart-configuration read live.
  grantTypesListed: ['authorization_code', 'client_credentials', 'refresh_token'],
  capabilities: [
    'launch-standalone',
    'client-public',
    'client-confidential-symmetric',
    'client-confidential-asymmetric',
    'sso-openid-connect',
    'context-standalone-patient',
    'authorize-post',
    'permission-offline',
    'permission-patient',
    'permission-user',
    'permission-v1',
    'permission-v2',
  ],
  listsScopes: true,
  clientAuth: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  // H: a setup guide says so; one other guide takes localhost.
  redirects: { http: false, localhost: false },
  // M: an integrator's documentation; one public client goes without.
  pkceRequired: true,
  // M: two working clients send it, exactly the clinic's base.
  audRequired: true,
  audNames: 'fhir-base',
  // M: the kinds that a working client asks for; 29 scopes are said to be on offer.
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
    'MedicationAdministration',
    'MedicationRequest',
    'Observation',
    'Organization',
    'Patient',
    'Practitioner',
    'PractitionerRole',
    'Procedure',
    'Provenance',
  ],
  laterScopedTypes: [],
  // M: a working client asks for no launch context, and others were refused for what was not registered.
  categoryScopes: {},
  otherScopes: ['openid', 'fhirUser', 'offline_access'],
  // H: reported with the words of the answer.
  unknownScopes: 'refused',
  v2ReadAloneSearches: false,
  returnsState: true,
  // H: the vendor's guide: RS384, keys at an address that was allowed.
  assertion: { maxSeconds: 300, alg: 'RS384' },
  // Counted with all others, below.
  tokenRequestsPerMinute: { preview: 250, production: 250 },
  accessToken: { form: 'opaque', seconds: 3600 },
  // M: a working client finds the patient in fhirUser alone.
  patientTold: 'nowhere',
  fhirUserIs: 'patient',
  practiceTold: 'nowhere',
  refresh: {
    // H: a setup guide and an integrator's documentation agree.
    for: 'confidential-clients',
    onlyOffline: true,
    needs: [],
    // M: an integrator's documentation: 90 days, each used once.
    rotates: true,
    days: 90,
    // H: the vendor's guide of errors has access_denied with 500.
    refusedOnceWithdrawn: { status: 500, error: 'access_denied' },
  },
  fhirVersion: '4.0.1',
  // H: recorded.
  mediaType: 'application/json+fhir;charset=UTF-8',
  // Not known to be so: two working clients send the older type, and nobody has tried without.
  acceptBegins: null,
  // M: clinics that have not switched it on are reported to fail; how is not recorded. The host without one says 400.
  clinicOffStatus: 400,
  profiles: ['http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server|6.1.0'],
  // H: the parameter `page`, and pages of 50 in the recordings; more a page is not known.
  pages: { count: '_count', place: 'page', placeIs: 'number', default: 50, max: 100 },
  // H: recorded: 50 Goals in words, none in the Bundle.
  bundleTotal: 'wrong',
  fullUrl: 'text',
  // H: recorded: links name another host, and http.
  linkHost: 'foreign',
  // H: what metadata lists, and what three recorded searches were refused without.
  requiredParameters: {
    Patient: byId,
    AllergyIntolerance: byPatientOrId,
    CarePlan: [['patient', 'category'], ['_id']],
    CareTeam: [['patient', 'status'], ['_id']],
    Condition: byPatientOrId,
    Device: byPatientOrId,
    DiagnosticReport: byPatientOrId,
    DocumentReference: byPatientOrId,
    Encounter: byPatientOrId,
    Goal: byPatientOrId,
    Immunization: byPatientOrId,
    Location: byId,
    Medication: byId,
    MedicationAdministration: byPatientOrId,
    MedicationRequest: byPatientOrId,
    Observation: [['patient', 'category'], ['_id']],
    Organization: byId,
    Practitioner: byId,
    PractitionerRole: byId,
    Procedure: byPatientOrId,
    Provenance: byId,
  },
  missingParameter: { status: 400, words: 'unknown-operation' },
  exactTypes: ['CarePlan', 'CareTeam', 'Observation'],
  searchedByTime: [],
  readOnlyTypes: ['Binary'],
  searchOnlyTypes: [],
  deniedToPatients: [],
  practiceParameter: null,
  practiceMayBeOmitted: true,
  redirectedTypes: [],
  // M: the recorded search hung until its client gave up; dates are among its parameters.
  slow: { DocumentReference: { ms: 600_000, parameter: 'date' } },
  // H: the vendor's page, since 2025-10-07: all requests of a practice together, no header tells.
  rate: { requests: 250, in: 'minute', headers: false, countsAuthorization: true },
  // Of one recorded patient too few to count: a tidy chart, with the oddities that the simulator's shapes add.
  rates: {
    observationEnteredInError: 0.01,
    observationUnknown: 0,
    observationCancelled: 0.01,
    observationTextOnlyCode: 0.05,
    conditionEnteredInError: 0.02,
    conditionWithClinicalStatus: 1,
    lastUpdatedMissing: 0,
    documentInline: 0.2,
    documentByReference: 1,
  },
};

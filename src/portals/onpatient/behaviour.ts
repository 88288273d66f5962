// What OnPatient's servers do, as data: the simulator obeys it. Facts about the vendor only, each with its source
// (README.md beside this) and how sure it is.
// H: the vendor's documents or recorded. M: a working client, or inferred from one. L: a guess where nothing is known.

import type { PortalBehaviour } from '../behaviour.ts';

const asked = [[]] as const;

export const onpatientBehaviour: PortalBehaviour = {
  name: 'OnPatient',
  // H: the tutorial; trailing slashes are theirs.
  paths: {
    fhir: '/api/fhir',
    authorize: '/o/authorize/',
    token: '/o/token/',
    revoke: null,
    introspect: null,
    keys: null,
    logout: null,
    issuer: null,
    directory: null,
  },
  describesItself: false,
  grantTypesListed: [],
  capabilities: [],
  listsScopes: false,
  // H: the tutorial posts both in the body.
  clientAuth: ['client_secret_post'],
  // H: the tutorial; M: a client's guide uses https://localhost.
  redirects: { http: false, localhost: true },
  pkceRequired: false,
  audRequired: false,
  audNames: 'fhir-base',
  // H: one scope for all.
  scopedTypes: [],
  laterScopedTypes: [],
  categoryScopes: {},
  otherScopes: ['patient/*.read'],
  unknownScopes: 'dropped',
  v2ReadAloneSearches: false,
  // L: RFC 6749 has it returned, no document of theirs mentions it.
  returnsState: true,
  assertion: { maxSeconds: 300, alg: 'RS384' },
  tokenRequestsPerMinute: { preview: 600, production: 600 },
  // H: 48 hours.
  accessToken: { form: 'opaque', seconds: 48 * 3600 },
  // H: "must be obtained via FHIR".
  patientTold: 'nowhere',
  fhirUserIs: 'patient',
  practiceTold: 'nowhere',
  // H: a refresh token is issued without asking for one. L: that each is used once, for how long.
  refresh: {
    for: 'every-client',
    onlyOffline: false,
    needs: [],
    rotates: true,
    days: 90,
    refusedOnceWithdrawn: { status: 400, error: 'invalid_grant' },
  },
  fhirVersion: '1.0.2',
  mediaType: 'application/json',
  acceptBegins: null,
  clinicOffStatus: null,
  profiles: [],
  // H: 50 a page, `page-size`. L: the name of the next page's parameter, the most a page.
  pages: { count: 'page-size', place: 'page', placeIs: 'number', default: 50, max: 250 },
  // H: searchsets have it.
  bundleTotal: 'right',
  // H: recorded, a list with a path in it.
  fullUrl: 'list',
  linkHost: 'own',
  // M: the types that a working client reads, none of them with a parameter.
  requiredParameters: {
    Patient: asked,
    AllergyIntolerance: asked,
    Condition: asked,
    DiagnosticReport: asked,
    Immunization: asked,
    MedicationOrder: asked,
    MedicationStatement: asked,
    Observation: asked,
    Procedure: asked,
  },
  missingParameter: { status: 400, words: 'required' },
  exactTypes: [],
  searchedByTime: [],
  readOnlyTypes: [],
  // H: "not every endpoint supports" reading by id. L: which; here the ones that it would hurt most.
  searchOnlyTypes: ['Patient', 'Observation', 'DiagnosticReport'],
  deniedToPatients: [],
  practiceParameter: null,
  practiceMayBeOmitted: true,
  // H: some answer with 302, method and headers to be sent again. L: which, and where to.
  redirectedTypes: ['Patient', 'Condition', 'Procedure'],
  slow: {},
  // L.
  rate: { requests: 100, in: 'second', headers: false, countsAuthorization: false },
  rates: {
    observationEnteredInError: 0.01,
    observationUnknown: 0,
    observationCancelled: 0,
    observationTextOnlyCode: 0.02,
    conditionEnteredInError: 0.02,
    conditionWithClinicalStatus: 1,
    lastUpdatedMissing: 1,
    documentInline: 0,
    documentByReference: 0,
  },
};

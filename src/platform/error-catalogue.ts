// Owns the list of everything that can go wrong and is expected: one row per code.
// sentence: what happened and what to do, for the person who sees it. A long list on purpose.

export type ErrorRow = {
  /** What the person reads: what happened, and what to do. */
  readonly sentence: string;
  /** Who can mend it. */
  readonly act: 'person' | 'clinic' | 'operator' | 'us';
  /** Whether trying again can help. */
  readonly retry: 'never' | 'later' | 'after-reconnect';
  /** The HTTP status of the problem+json answer. */
  readonly status:
    | 400
    | 401
    | 403
    | 404
    | 405
    | 409
    | 410
    | 413
    | 415
    | 421
    | 422
    | 429
    | 500
    | 502
    | 503
    | 504;
};

const row = (
  sentence: string,
  act: ErrorRow['act'],
  retry: ErrorRow['retry'],
  status: ErrorRow['status'],
): ErrorRow => ({ sentence, act, retry, status });

export const errorCatalogue = {
  // config: what the operator wrote
  'config.invalid': row(
    'The configuration has faults. Each is listed with what mends it.',
    'operator',
    'never',
    500,
  ),
  'config.data_dir_open_to_others': row(
    'The data directory can be read by other users of this machine. Make it private with chmod 700.',
    'operator',
    'never',
    500,
  ),
  'config.data_dir_inside_clone': row(
    'The data directory lies inside the program’s own folder. Set CHARTFOLD_DATA_DIR to a place outside it.',
    'operator',
    'never',
    500,
  ),
  'config.port_in_use': row(
    'The port is used by another program. End that program, or choose another port with the key named here.',
    'operator',
    'later',
    500,
  ),

  // store: the encrypted database and its directory
  'store.bad_key_format': row(
    'The database key is not 64 hexadecimal characters. Restore the secret file from your copy.',
    'operator',
    'never',
    500,
  ),
  'store.wrong_key': row(
    'The secret does not open this database. Restore the secret that was made with this data directory.',
    'operator',
    'never',
    500,
  ),
  'store.not_encrypted': row(
    'The database file is not encrypted. Chartfold refuses to use it.',
    'operator',
    'never',
    500,
  ),
  'store.in_use': row(
    'Another Chartfold already uses this data directory. Stop it first, or use another data directory.',
    'operator',
    'later',
    409,
  ),
  'store.newer': row(
    'The data was written by a newer Chartfold. Start that version, or a newer one.',
    'operator',
    'never',
    500,
  ),
  'store.corrupt': row(
    'The database is damaged. Nothing was changed. Restore a copy of the data directory.',
    'operator',
    'never',
    500,
  ),

  // seal: tokens, secrets and private keys at rest
  'seal.broken': row(
    'A sealed value could not be opened with this secret. Restore the secret that was made with this data directory.',
    'operator',
    'never',
    500,
  ),

  // net: calls to other machines
  'net.unreachable': row(
    'The portal could not be reached. Check the network of this machine, then try again.',
    'operator',
    'later',
    502,
  ),
  'net.timeout': row('The portal did not answer in time. Try again later.', 'us', 'later', 504),
  'net.too_large': row(
    'The portal’s answer was larger than Chartfold accepts.',
    'us',
    'never',
    502,
  ),
  'net.foreign_origin': row(
    'The portal pointed to another server. Chartfold did not follow, so that your access stays with the portal.',
    'us',
    'never',
    502,
  ),

  // smart: discovery, authorization, tokens
  'smart.discovery_failed': row(
    'The portal did not say how to sign in there. It may be down; try again later.',
    'us',
    'later',
    502,
  ),
  'smart.discovery_incomplete': row(
    'The portal’s sign-in description lacks what Chartfold needs. Tell the operator of this Chartfold.',
    'operator',
    'never',
    502,
  ),
  'smart.state_mismatch': row(
    'This sign-in does not belong to this browser, or was begun elsewhere. Nothing was read. Start the connection again.',
    'person',
    'never',
    400,
  ),
  'smart.attempt_expired': row(
    'This sign-in took longer than 10 minutes, so it ended. Start the connection again.',
    'person',
    'never',
    410,
  ),
  'smart.attempt_used': row(
    'This link has been used. Start the connection again.',
    'person',
    'never',
    410,
  ),
  'smart.issuer_mismatch': row(
    'The answer came from another sign-in server than the portal’s. Nothing was read. Start the connection again.',
    'person',
    'never',
    400,
  ),
  'smart.access_denied': row(
    'You did not allow access at the portal, so nothing was read. Connect again if that was not meant.',
    'person',
    'never',
    403,
  ),
  'smart.authorization_refused': row(
    'The portal refused the sign-in request. The operator of this Chartfold can check its registration with the portal.',
    'operator',
    'never',
    502,
  ),
  'smart.wrong_client': row(
    'The portal does not know this Chartfold by the client id or credentials it was given. The operator must check the registration.',
    'operator',
    'never',
    502,
  ),
  'smart.code_expired': row(
    'The portal’s sign-in code was no longer valid. Start the connection again.',
    'person',
    'never',
    410,
  ),
  'smart.token_reply_invalid': row(
    'The portal’s answer at sign-in could not be understood. Try again later.',
    'us',
    'later',
    502,
  ),
  'smart.id_token_invalid': row(
    'The portal’s proof of who signed in did not hold. Nothing was stored. Start the connection again.',
    'person',
    'never',
    502,
  ),
  'smart.no_patient': row(
    'The portal did not say whose record this is, so nothing can be read. Start the connection again and choose the patient.',
    'person',
    'never',
    502,
  ),
  'smart.sign_in_again': row(
    'The portal no longer accepts the permission you gave. Sign in again; everything received so far is kept.',
    'person',
    'after-reconnect',
    401,
  ),
  'smart.no_refresh': row(
    'The portal’s permission has ended and it gave no way to renew it. Sign in again; everything received so far is kept.',
    'person',
    'after-reconnect',
    401,
  ),

  // fhir: what FHIR servers answer
  'fhir.not_json': row(
    'The portal sent something other than health data, such as a web page, and again when asked again. Chartfold asks again at the next sync.',
    'us',
    'later',
    502,
  ),
  'fhir.truncated': row(
    'The portal’s answer broke off in the middle, and again when asked again. Chartfold asks again at the next sync.',
    'us',
    'later',
    502,
  ),
  'fhir.not_a_bundle': row('The portal’s answer was not a list of records.', 'us', 'later', 502),
  'fhir.scope_missing': row(
    'Permission for this kind of record was not given. Sign in again and leave every box ticked, or ask your clinic whether it offers this.',
    'person',
    'after-reconnect',
    403,
  ),
  'fhir.required_parameter': row(
    'The portal wants this question asked in another way. This is for us to mend.',
    'us',
    'never',
    400,
  ),
  'fhir.forbidden': row(
    'The portal refused this kind of record. Your clinic can say why.',
    'clinic',
    'later',
    403,
  ),
  'fhir.unauthorized': row(
    'The portal no longer accepts the permission you gave. Sign in again; everything received so far is kept.',
    'person',
    'after-reconnect',
    401,
  ),
  'fhir.not_found': row(
    'The portal does not have this record any more, or does not show it.',
    'clinic',
    'later',
    404,
  ),
  'fhir.rate_limited': row(
    'The portal asked for a pause because too many questions came at once. Chartfold asks again at the next sync.',
    'us',
    'later',
    429,
  ),
  'fhir.server_error': row(
    'The portal answered with a fault of its own, and again when asked again. Chartfold asks again at the next sync.',
    'us',
    'later',
    502,
  ),
  'fhir.rejected': row(
    'The portal refused this question as wrongly put. This is for us to mend.',
    'us',
    'never',
    502,
  ),

  // sync
  'sync.page_failed': row(
    'A page failed each time it was asked for. What came before is kept; the rest is asked for again at the next sync.',
    'us',
    'later',
    502,
  ),
  'sync.next_link_foreign': row(
    'The portal’s link to the next page pointed to another server, so it was not followed. What came before is kept.',
    'us',
    'later',
    502,
  ),
  'sync.next_link_cycle': row(
    'The portal’s pages led in a circle, so reading stopped. What came is kept.',
    'us',
    'later',
    502,
  ),
  'sync.already_running': row(
    'A sync of this connection is already running.',
    'person',
    'later',
    409,
  ),
  'sync.connection_not_ready': row(
    'This connection cannot be synced in its present state.',
    'person',
    'never',
    409,
  ),
  'sync.interrupted': row(
    'Chartfold was stopped in the middle of this question. It goes on from there at the next start.',
    'us',
    'later',
    503,
  ),

  // connections
  'connection.not_found': row('There is no such connection.', 'person', 'never', 404),
  'connection.portal_off': row(
    'This portal is not switched on here. The operator can see with “npx chartfold portals” what would switch it on.',
    'operator',
    'never',
    409,
  ),
  'connection.unknown_portal': row('Chartfold does not know this portal.', 'person', 'never', 404),
  'connection.unknown_clinic': row(
    'This portal has no clinic with this id.',
    'person',
    'never',
    404,
  ),
  'connection.not_awaiting_confirmation': row(
    'This connection is not waiting to be confirmed.',
    'person',
    'never',
    409,
  ),
  'connection.patient_changed': row(
    'The portal signed in another patient than the one this connection belongs to. Nothing was stored. Connect this patient as a new connection.',
    'person',
    'never',
    409,
  ),
  'connection.already_exists': row(
    'This patient at this clinic is already connected.',
    'person',
    'never',
    409,
  ),

  // records, imports, export
  'record.not_found': row('There is no such record.', 'person', 'never', 404),
  'person.not_found': row('There is no such person here.', 'person', 'never', 404),
  'person.ambiguous': row(
    'There are several people here. Say whose record is meant with --person.',
    'person',
    'never',
    400,
  ),
  'import.unreadable': row(
    'The file could not be read. Check its path and that you may read it.',
    'person',
    'never',
    400,
  ),
  'import.not_fhir': row(
    'The file is not FHIR: neither a bundle, nor a resource, nor NDJSON of resources. Nothing was stored from it.',
    'person',
    'never',
    422,
  ),
  'import.person_conflict': row(
    'The file holds another patient than the person named. Nothing was stored from it.',
    'person',
    'never',
    409,
  ),
  'import.no_patient': row(
    'The file does not say whose records these are. Name the person with --person, or import their Patient resource first.',
    'person',
    'never',
    422,
  ),
  'import.person_unknown': row(
    'The file holds a patient who is not known here yet. Say whose record this is with --person NAME, or --person new.',
    'person',
    'never',
    409,
  ),
  'import.too_large': row(
    'The file holds a single text too large to be read at once. Export it as NDJSON, one resource a line.',
    'person',
    'never',
    413,
  ),
  'import.not_a_resource': row(
    'This entry or line is not a FHIR resource: broken, without a type or an id, or a server’s message.',
    'person',
    'never',
    422,
  ),
  'import.several_patients': row(
    'This resource is about several patients, so it belongs to none of their records.',
    'person',
    'never',
    422,
  ),
  'export.target_not_empty': row(
    'The folder to write into is not empty. Name an empty or a new one.',
    'person',
    'never',
    409,
  ),

  // access: sign-in
  'access.sign_in_required': row(
    'Sign in to see this. “npx chartfold sign-in-link” prints a new link.',
    'person',
    'never',
    401,
  ),
  'access.link_invalid': row(
    'This sign-in link has been used, has ended or never existed. “npx chartfold sign-in-link” prints a new one.',
    'person',
    'never',
    401,
  ),
  'access.too_many_attempts': row(
    'Too many tries. Wait a minute, then try again.',
    'person',
    'later',
    429,
  ),
  'access.wrong_origin': row(
    'The request came from another site and was refused.',
    'person',
    'never',
    403,
  ),
  'access.wrong_host': row(
    'This address is not one that Chartfold answers to. Use PUBLIC_URL, or add the host to ALLOWED_HOSTS.',
    'operator',
    'never',
    421,
  ),

  // http
  'http.not_found': row('There is nothing at this address.', 'person', 'never', 404),
  'http.invalid_request': row(
    'The request is not what this address expects.',
    'person',
    'never',
    400,
  ),
  'http.too_large': row(
    'The request is larger than Chartfold accepts here.',
    'person',
    'never',
    413,
  ),
  'http.server_gone': row(
    'The server ended in the middle of this. Start it again; what was stored is kept.',
    'operator',
    'later',
    503,
  ),
  'http.server_not_running': row(
    'No Chartfold is running on this data directory.',
    'operator',
    'never',
    503,
  ),

  // simulator
  'simulator.off': row('The simulated portals are switched off.', 'operator', 'never', 409),
  'simulator.failed': row(
    'The simulated portals did not start. The log says why.',
    'us',
    'later',
    500,
  ),

  'internal.unexpected': row(
    'Something went wrong that Chartfold did not expect. The log names it by the request’s id.',
    'us',
    'later',
    500,
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCatalogue;

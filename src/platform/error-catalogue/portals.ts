// Owns the rows of the error catalogue about talking with portals: the network, SMART, FHIR, connections. A long list on purpose.

import { row } from './row.ts';

export const portalsErrors = {
  // net: calls to other machines
  'net.unreachable': row(
    'The portal could not be reached. Check the network of this machine, then try again.',
    'operator',
    'later',
    502,
  ),
  'net.untrusted': row(
    'The portal showed a certificate that this machine does not trust, so nothing was sent. It may have run out, or somebody stands in between. Try again later.',
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
  'net.private_address': row(
    'This address leads into a private network, which is refused. Whoever runs this Chartfold can allow it by writing the address into CHARTFOLD_CONFIG.',
    'operator',
    'never',
    422,
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
  'smart.other_account': row(
    'Another account began this sign-in. Sign in to Chartfold as that one and reload this page, or start the connection again as yourself.',
    'person',
    'never',
    403,
  ),
  'smart.attempt_expired': row(
    'This sign-in took too long, so it ended. Start the connection again.',
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
    'The portal’s answer about your permission could not be understood. Try again later.',
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
  'smart.endpoint_moved': row(
    'The portal’s sign-in has moved to another server. Sign in again there to go on; your permission was not sent to it. Everything received so far is kept.',
    'person',
    'after-reconnect',
    401,
  ),
  'smart.other_patient': row(
    'The portal renewed the permission for another patient than this connection belongs to, so it was thrown away and nothing was read with it. Sign in again; everything received so far is kept.',
    'person',
    'after-reconnect',
    401,
  ),
  'smart.renewal_cut_off': row(
    'Sign in again: a renewal of your permission was cut off, so the portal’s answer to it was lost. Everything received so far is kept.',
    'person',
    'after-reconnect',
    401,
  ),
  'smart.access_expired': row(
    'The time for which the portal gives permission has ended. Sign in again; everything received so far is kept.',
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
  'fhir.other_version': row(
    'The portal’s server now speaks another version of FHIR than this portal is known to. It was asked nothing, so that nothing is misread. Everything received so far is kept.',
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
  'fhir.undecodable': row(
    'The portal’s answer holds bytes that are no characters in the encoding it names. Nothing of it was stored, since guessing would change your record.',
    'us',
    'later',
    502,
  ),
  'fhir.not_a_bundle': row('The portal’s answer was not a list of records.', 'us', 'later', 502),
  'fhir.scope_missing': row(
    'Permission for this kind of record was not given, or not for all of it. Sign in again and leave every box ticked, or ask your clinic whether it offers this.',
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

  // connections
  'connection.not_found': row('There is no such connection.', 'person', 'never', 404),
  'connection.portal_off': row(
    'This portal is not switched on here. The operator can see with “npx chartfold portals” what would switch it on.',
    'operator',
    'never',
    409,
  ),
  'connection.unknown_portal': row('Chartfold does not know this portal.', 'person', 'never', 404),
  'connection.no_clinic_chosen': row(
    'At this portal a clinic must be chosen before the sign-in: by its name in the app, or with --clinic and the id that “npx chartfold directory search” prints.',
    'person',
    'never',
    422,
  ),
  'connection.unknown_clinic': row(
    'This portal has no clinic with this id.',
    'person',
    'never',
    404,
  ),
  'server.not_https': row(
    'This is not the address of a server that can be asked safely: it begins with https:// and names a host.',
    'person',
    'never',
    422,
  ),
  'server.not_fhir': row(
    'There is no FHIR server at this address. It is the one that the clinic or its vendor calls “FHIR base URL” or “FHIR endpoint”.',
    'person',
    'never',
    422,
  ),
  'server.other_version': row(
    'This server speaks another version of FHIR than R4, which is the one that servers can be added for.',
    'person',
    'never',
    422,
  ),
  'server.name_taken': row(
    'There is another server with this name. Give this one another.',
    'person',
    'never',
    409,
  ),
  'server.secret_missing': row(
    'This way of proving who we are needs the secret that the server gave at the registration.',
    'person',
    'never',
    422,
  ),
  'connection.needs_https': row(
    'This portal sends people back to https addresses only, and Chartfold is reached by http here. The operator can serve it by https: “npx chartfold tls make” makes a certificate for this machine, PUBLIC_URL then begins with https.',
    'operator',
    'never',
    409,
  ),
  'connection.needs_public_host': row(
    'This portal does not send people back to a localhost address. The operator can give this machine a name by a tunnel or a proxy, set PUBLIC_URL to it, and register that address with the vendor.',
    'operator',
    'never',
    409,
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
  'connection.withdrawn': row(
    'The clinic no longer lets Chartfold read this record: its portal refused every question. Everything received so far is kept. Ask the clinic, and sign in again when it has allowed it.',
    'clinic',
    'after-reconnect',
    403,
  ),
  'connection.clinic_api_off': row(
    'This clinic has not switched on the interface that lets patients’ programs in, so nothing can be read there. Ask the clinic to switch it on, then sign in.',
    'clinic',
    'after-reconnect',
    409,
  ),
  'connection.vendor_down': row(
    'The portal could not be reached at the last sync, or answered every question with a fault of its own. Everything received so far is kept.',
    'us',
    'later',
    503,
  ),
  'connection.simulator_off': row(
    'This came from the simulated portals, which are off. The operator can switch them on with CHARTFOLD_SIMULATOR=on.',
    'operator',
    'never',
    409,
  ),
  'connection.unreadable': row(
    'What is stored of this connection cannot be read. Sign in there again to mend it; everything received so far is kept.',
    'person',
    'after-reconnect',
    500,
  ),
  'connection.portal_not_told': row(
    'The portal could not be told that this has ended. Its own page of connected apps ends the permission there.',
    'person',
    'never',
    502,
  ),

  // the lists of clinics
  'directory.not_a_list': row(
    'This is not a list of clinics in a form that Chartfold reads.',
    'operator',
    'never',
    422,
  ),
  'directory.cut_off': row(
    'The list of clinics broke off in the middle. One from before stays; fetch it again.',
    'us',
    'later',
    502,
  ),
  'directory.no_such_file': row('There is no such file to read.', 'operator', 'never', 422),
  'directory.shrunk': row(
    'The new list of clinics is far shorter than the one before. The one before is kept.',
    'us',
    'later',
    502,
  ),
  'directory.refused': row(
    'The list of clinics could not be fetched: its server answered with a fault. One from before stays.',
    'us',
    'later',
    502,
  ),
} as const;

// Owns the rows of the error catalogue about who may do what, and what HTTP refuses. A long list on purpose.

import { row } from './row.ts';

export const accessErrors = {
  // access: sign-in
  'access.sign_in_required': row(
    'Sign in to see this. If you can’t, ask an owner of this Chartfold for a new link.',
    'person',
    'never',
    401,
  ),
  'access.link_invalid': row(
    'This sign-in link has been used, has ended or never existed. Ask an owner of this Chartfold for a new one: Settings, Accounts.',
    'person',
    'never',
    401,
  ),
  'access.too_many_attempts': row(
    'Too many tries. Wait a little, then try again.',
    'person',
    'later',
    429,
  ),
  'access.too_many_requests': row(
    'Too many requests in a short time. Wait a moment, then go on.',
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
  'access.not_allowed': row(
    'Your account may not do this. Ask whoever manages this record, or the owner of this Chartfold.',
    'person',
    'never',
    403,
  ),
  'access.sign_in_failed': row(
    'That did not work: the name, or what you typed with it, is not right.',
    'person',
    'never',
    401,
  ),
  'access.sign_in_recent_required': row(
    'This changes who can sign in, so it asks that you signed in within the last 15 minutes. Sign in again.',
    'person',
    'never',
    403,
  ),
  'access.weak_password': row(
    'This password is too easy to guess. Several words that do not belong together are good.',
    'person',
    'never',
    422,
  ),
  'access.passkey_refused': row(
    'The passkey was not accepted: it belongs elsewhere, or it took longer than five minutes. Try again.',
    'person',
    'later',
    401,
  ),
  'access.passkey_not_found': row('There is no such passkey.', 'person', 'never', 404),
  'access.session_not_found': row('This session has ended already.', 'person', 'never', 404),
  'access.account_not_found': row('There is no such account.', 'person', 'never', 404),
  'access.right_not_found': row(
    'There is no such right; it may have ended.',
    'person',
    'never',
    404,
  ),
  'access.other_account': row(
    'Somebody else is signed in in this browser by now. Nothing was done: look whose account it is, then try again.',
    'person',
    'never',
    409,
  ),
  'access.name_taken': row(
    'There is an account of this name. Choose another.',
    'person',
    'never',
    409,
  ),
  'access.last_owner': row(
    'This is the only owner of this Chartfold. Invite another owner first.',
    'person',
    'never',
    409,
  ),
  'access.last_manager': row(
    'Nobody else manages this record for good. Let somebody else manage it first.',
    'person',
    'never',
    409,
  ),
  'access.right_outlasts': row(
    'You manage this record until a day, so what you give may not last longer. Choose an end by then.',
    'person',
    'never',
    403,
  ),
  'audit.checkpoint_invalid': row(
    'This is not a checkpoint of this Chartfold’s audit, or it was changed.',
    'person',
    'never',
    422,
  ),

  // http
  'http.not_found': row('There is nothing at this address.', 'person', 'never', 404),
  'http.invalid_request': row(
    'The request is not what this address expects.',
    'person',
    'never',
    400,
  ),
  'http.answer_unreadable': row(
    'What is stored here cannot be read as it should be. Nothing of it is lost; the log names the place by the request’s id.',
    'us',
    'never',
    500,
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
  'http.server_ending': row(
    'The server was told to end, and is still finishing what it was at. Wait a moment, then look again.',
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
} as const;

// Owns the rows of the error catalogue about who may do what, and what HTTP refuses. A long list on purpose.

import { row } from './row.ts';

export const accessErrors = {
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
  'http.server_not_running': row(
    'No Chartfold is running on this data directory.',
    'operator',
    'never',
    503,
  ),
} as const;

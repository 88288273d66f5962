// Owns the rows of the error catalogue about the records: sync, imports, exports. A long list on purpose.

import { row } from './row.ts';

export const recordsErrors = {
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
  'sync.fewer_than_told': row(
    'The portal gave fewer records than it says there are, so some are missing. What came is kept; the list is asked for again at the next sync.',
    'us',
    'later',
    502,
  ),
  'sync.capabilities_unread': row(
    'The portal’s server did not say which kinds of records it has, so only those that its vendor documents were asked for.',
    'us',
    'later',
    502,
  ),
  'sync.other_patient': row(
    'The portal sent records that name another patient than the one asked about. They were not stored. The clinic should know that its portal mixes patients up.',
    'clinic',
    'later',
    502,
  ),
  'sync.not_a_record': row(
    'The portal sent something beside the records: a message of its server, or an entry without a kind or an id.',
    'us',
    'later',
    502,
  ),
  'sync.refused_in_a_row': row(
    'The portal refused several of these one after the other, so the rest was not asked for. What came is kept; the rest is asked for at the next sync.',
    'us',
    'later',
    502,
  ),
  'sync.limit_reached': row(
    'The portal went on beyond the size of any known record, so Chartfold stopped asking. What came is kept.',
    'us',
    'never',
    502,
  ),
  'sync.time_limit': row(
    'The portal was so slow that the time for this was over. What came is kept; the rest is asked for at the next sync.',
    'us',
    'later',
    504,
  ),
  'sync.connection_not_ready': row(
    'This connection cannot be synced in its present state.',
    'person',
    'never',
    409,
  ),
  'sync.cancelled': row(
    'This sync was stopped before everything was asked. What came is kept; the rest is asked for at the next sync.',
    'person',
    'later',
    409,
  ),
  'sync.disconnected': row(
    'The connection was ended while this was still to be asked. What came is kept; nothing more is asked unless it is connected again.',
    'person',
    'after-reconnect',
    409,
  ),
  'sync.interrupted': row(
    'The sync was broken off before everything was answered. What came is kept; the rest is asked for when this connection syncs again.',
    'us',
    'later',
    503,
  ),
  'sync.attachment_foreign': row(
    'The file lies on another server than the portal’s records. Your access goes to the portal alone, so the file was not asked for.',
    'us',
    'never',
    502,
  ),
  'sync.attachment_too_large': row(
    'The file is larger than the 64 MB that Chartfold keeps of one file. The portal itself may show it.',
    'us',
    'never',
    413,
  ),
  'sync.attachment_unreadable': row(
    'What the portal sent in place of the file was not the file: a page, a message or nothing. Chartfold asks again.',
    'us',
    'later',
    502,
  ),

  // records, imports, export
  'record.not_found': row('There is no such record.', 'person', 'never', 404),
  'record.attachment_not_here': row(
    'This file is not here. The record that it belongs to says why.',
    'person',
    'never',
    404,
  ),
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
  'import.nothing_stored': row(
    'Nothing of this file could be stored. What is in it is listed, each with its reason.',
    'person',
    'never',
    422,
  ),
  'import.nested_too_deep': row(
    'This bundle lies within too many other bundles. Import it as a file of its own.',
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
} as const;

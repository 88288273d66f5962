// Proves that the characters of an answer are read as they were written, or not at all.

import { describe, expect, it } from 'vitest';
import { isChartfoldError } from '../platform/errors.ts';
import { decodeBody } from './decode.ts';

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding);

describe('the text of an answer', () => {
  it.each([
    ['without a charset', 'application/fhir+json', bytes('{"a":"µ €"}')],
    ['without a media type', null, bytes('{"a":"µ €"}')],
    ['with another parameter', 'application/json; fhirVersion=4.0', bytes('{"a":"µ €"}')],
    ['after a byte order mark', 'application/json', bytes('\ufeff{"a":"µ €"}')],
    ['in UTF-8 by name', 'application/json;charset="UTF-8"', bytes('{"a":"µ €"}')],
    ['in UTF-16', 'application/json; charset=utf-16le', bytes('\ufeff{"a":"µ €"}', 'utf16le')],
    [
      'in Latin-1',
      'application/json; Charset = ISO-8859-15',
      Buffer.from('{"a":"\xb5 \xa4"}', 'latin1'),
    ],
  ])('%s is read as it was written [RFC 8259 section 8.1]', (_what, contentType, body) => {
    expect(decodeBody(body, contentType)).toBe('{"a":"µ €"}');
  });

  it.each([
    ['bytes that are no UTF-8', 'application/json', Buffer.from('{"a":"\xb5"}', 'latin1')],
    ['half a character', 'application/json', bytes('"€').subarray(0, 3)],
    ['a charset that the bytes are not in', 'a/b;charset=utf-16le', Buffer.from([0x00, 0xd8])],
    ['a charset that nobody knows', 'application/json;charset=klingon', bytes('{}')],
  ])('of %s is refused, and nothing is put in their place', (_what, contentType, body) => {
    expect(() => decodeBody(body, contentType)).toThrow(
      expect.toSatisfy((error: unknown) => isChartfoldError(error, 'fhir.undecodable')) as Error,
    );
  });
});

// Serves a list of clinics: made once, when it is first asked for, and with 304 for who has it.

import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answer } from '../http.ts';

/** A handler for a list whose text `make` gives. */
export function serveList(make: () => string) {
  let made: { body: Buffer; etag: string } | undefined;
  return (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!made) {
      const body = Buffer.from(make());
      made = { body, etag: `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"` };
    }
    const { body, etag } = made;
    const isKnown = request.headers['if-none-match'] === etag;
    return answer(request, response, {
      status: isKnown ? 304 : 200,
      body: isKnown ? '' : body,
      contentType: 'application/fhir+json',
      headers: { ETag: etag },
    });
  };
}

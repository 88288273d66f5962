// Owns asking a server what it says of itself, once in each run: without a token, since it is public, in the portal's
// own pace. What can't be read changes no question of the vendor's.

import type { AuthorisedFetch } from '../connections/authorised-fetch.ts';
import { type ConnectionContext, paceOf } from '../connections/context.ts';
import { type Capabilities, readCapabilities, readFhirVersion } from '../fhir/capabilities.ts';
import { asChartfoldError, ChartfoldError } from '../platform/errors.ts';
import { isOfVersion } from '../portals/portal.ts';
import type { PortalEntry } from '../portals/registry.ts';
import type { PlannedQuestion } from '../records/types.ts';

/** The largest of the large vendors' are about a megabyte; one of four is read in a tenth of a second, which all wait for. */
const MOST_BYTES = 4 * 1024 * 1024;

/** So long the questions that the vendor's data names wait for what the server may add to them. */
const MOST_MS = 10_000;

/** Stands in the receipt where the statement could not be read. */
export const CAPABILITIES_UNREAD: PlannedQuestion = {
  key: 'capabilities',
  label: 'What the server says it has',
  type: 'CapabilityStatement',
  request: 'metadata',
  why: 'to ask for what the documentation of the vendor leaves out',
  code: 'sync.capabilities_unread',
  outcome: 'failed',
};

/**
 * What the server says of itself; null where that could not be read, which the log says. Where the vendor's data names
 * questions, these wait ten seconds for it at most; where it names none there is nothing to ask without it.
 * @throws the signal's reason when aborted; `fhir.other_version`
 * @see https://hl7.org/fhir/R4/http.html#capabilities
 */
export async function askCapabilities(
  context: ConnectionContext,
  entry: PortalEntry,
  portal: Pick<AuthorisedFetch, 'addressOf'>,
  signal: AbortSignal,
): Promise<Capabilities | null> {
  const { questions, requests, limits, fhirVersion, accept } = entry.vendor.portal;
  const { attempts, backoffMs, timeoutMs } = requests;
  const { clock } = context;
  const ms = questions.length > 0 ? Math.min(timeoutMs, MOST_MS) : limits.questionMs;
  // Waiting for the portal's pace is no fault of the server's.
  let began: number | null = null;
  const left = () => ms - (began === null ? 0 : clock.now() - began);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce();
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const { code } = asChartfoldError(cause);
      if (code === 'fhir.other_version') throw cause;
      const backoff = backoffMs * 2 ** (attempt - 1);
      if (attempt >= attempts || code === 'fhir.not_found' || left() <= backoff) {
        context.log.warn('sync.capabilities_unread', { portal: entry.key, code });
        return null;
      }
      await clock.wait(backoff, signal);
    }
  }

  async function askOnce(): Promise<Capabilities> {
    const response = await paceOf(context, entry).run(() => {
      began ??= clock.now();
      return context.outbound(portal.addressOf('metadata'), {
        timeoutMs: Math.max(1, Math.min(timeoutMs, left())),
        signal,
        maxBytes: MOST_BYTES,
        headers: { accept },
      });
    }, signal);
    const text = await response.text();
    if (response.status >= 400 && response.status < 500) throw new ChartfoldError('fhir.not_found');
    const capabilities = response.ok ? readCapabilities(text) : undefined;
    if (!capabilities) throw new ChartfoldError('fhir.not_json');
    const version = readFhirVersion(text);
    if (version && !isOfVersion(version, fhirVersion))
      throw new ChartfoldError('fhir.other_version', { detail: version });
    return capabilities;
  }
}

// Owns the words to send a clinic that alone can let anybody in: ready to copy.

import { apart } from '../../../fhir/text/shown.ts';
import type { Connection } from '../../../http/contract.ts';
import { CopyButton } from '../../parts/copy-button.tsx';

/** What to send, as it is sent; null where there is nothing to ask of the clinic. */
export function wordsToSend({ state }: Connection): string | null {
  return 'words' in state ? state.words : null;
}

/** The section of a connection's page. */
export function WordsForClinic({ connection }: { connection: Connection }) {
  const words = wordsToSend(connection);
  if (words === null) return null;
  return (
    <section
      aria-labelledby="words-for-clinic"
      className="mt-5 rounded-box border border-line2 bg-surface px-5 py-4"
    >
      <h2 id="words-for-clinic" className="font-medium">
        What to write to {apart(connection.clinicName)}
      </h2>
      <p className="mt-1 text-13 text-ink2">
        Send it to the clinic’s office, or through its portal. When it has been switched on, sign in
        here.
      </p>
      <blockquote className="mt-3 mb-4 max-w-[42rem] border-l-2 border-line3 pl-4 text-15">
        {words}
      </blockquote>
      <CopyButton text={words} name="What to write to the clinic" label="Copy these words" />
    </section>
  );
}

// Owns the files of a record: what each is, and a link that opens it, or why it is not here.

import type { RecordSheet } from '../../../http/contract.ts';
import { moment } from '../../parts/dates.ts';
import { absenceWords, fileWords } from './attachment-words.ts';

/** The files of a record, in its order. */
export function RecordFiles({ personId, record: r }: { personId: string; record: RecordSheet }) {
  if (r.attachments.length === 0) return null;
  const address = `/api/people/${encodeURIComponent(personId)}/records/${encodeURIComponent(r.id)}/attachments`;
  return (
    <section aria-labelledby="record-files" className="border-t border-line pt-4">
      <h3 id="record-files" className="mb-1 text-13 font-medium">
        {r.attachments.length === 1 ? 'File' : 'Files'}
      </h3>
      <ul>
        {r.attachments.map((file) => {
          const again = file.nextTryAt === null ? null : moment(file.nextTryAt);
          const absence = absenceWords(file, { isImported: r.receiptId === null, again });
          const name = file.title ?? r.title;
          return (
            <li
              key={file.n}
              className="flex min-h-11 flex-wrap items-baseline gap-x-3 py-2 desk:min-h-[29px] desk:py-1"
            >
              {absence === null ? (
                <a
                  href={`${address}/${file.n}`}
                  target="_blank"
                  rel="noreferrer"
                  className="min-w-0 text-teal underline-offset-4 [overflow-wrap:anywhere] hover:underline"
                >
                  {name}
                </a>
              ) : (
                <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
              )}
              <span className="text-13 text-ink2">{fileWords(file)}</span>
              {absence !== null && <span className="w-full text-13 text-ink2">{absence}</span>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

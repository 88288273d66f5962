// Owns the last line of a record: when it was received, in which version, its receipt, its raw text.

import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { moment } from '../../parts/dates.ts';
import { Skeleton } from '../../parts/page-states.tsx';
import { versionWords } from './version-words.ts';

// The typeface of raw text comes with it.
const RawText = lazy(async () => ({ default: (await import('./raw-text.tsx')).RawText }));

/** Received, version, receipt and raw resource of one record. */
export function Origin({
  personId,
  recordId,
  receivedAt,
  versions,
  receiptId,
}: {
  personId: string;
  recordId: string;
  receivedAt: string;
  versions: number;
  receiptId: string | null;
}) {
  const [raw, setRaw] = useState(false);
  const look =
    'inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline desk:min-h-7';
  return (
    <div>
      <p className="text-13 text-ink2">
        Received {moment(receivedAt)}. {versionWords(versions)}
      </p>
      <div className="flex gap-5">
        {receiptId && (
          <Link to="/receipts/$receiptId" params={{ receiptId }} className={look}>
            Receipt
          </Link>
        )}
        <button type="button" aria-expanded={raw} onClick={() => setRaw(!raw)} className={look}>
          {raw ? 'Hide the raw resource' : 'Raw resource'}
        </button>
      </div>
      {raw && (
        <Suspense fallback={<Skeleton lines={3} label="Loading the raw resource" />}>
          <RawText personId={personId} recordId={recordId} />
        </Suspense>
      )}
    </div>
  );
}

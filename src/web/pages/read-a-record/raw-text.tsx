// Owns the exact text of a record as it was received, the beginning of a long one: no character added, none changed. Lines
// wrap on screen only.

import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import '../../mono.css';
import { rawQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { TheRest } from '../../parts/cut-text.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { beginning } from '../../parts/short.ts';

/** A document with its pages inside can be megabytes on one line, which no browser lays out quickly. */
const longest = 20_000;

/** The raw resource of a record. */
export function RawText({ personId, recordId }: { personId: string; recordId: string }) {
  const { data, error, isPending, refetch } = useQuery(rawQuery(personId, recordId));
  const [copied, setCopied] = useState<'' | 'Copied' | 'Choose the text and copy it by hand'>('');
  if (isPending) return <Skeleton lines={3} label="Loading the raw resource" />;
  if (data === undefined) return <Notice error={error} onRetry={() => void refetch()} />;
  const copy = () =>
    navigator.clipboard
      ? navigator.clipboard.writeText(data).then(
          () => setCopied('Copied'),
          () => setCopied('Choose the text and copy it by hand'),
        )
      : Promise.resolve(setCopied('Choose the text and copy it by hand'));
  return (
    <div className="mt-1">
      <pre
        // Focusable, so that the keyboard can scroll it.
        tabIndex={0}
        role="region"
        aria-label="Raw resource, as received"
        className="max-h-72 overflow-auto rounded-box border border-line2 bg-sunk p-3 font-mono text-12 whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        {beginning(data, longest)}
      </pre>
      <TheRest text={data} shown={longest} file="record.json" />
      <div className="flex items-center gap-5">
        <Button look="text" onClick={() => void copy()}>
          <Copy size={14} strokeWidth={1.6} aria-hidden />
          Copy
        </Button>
        <span role="status" className="text-13 text-ink2">
          {copied}
        </span>
      </div>
    </div>
  );
}

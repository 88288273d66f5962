// Owns the raw difference of two neighbouring versions: each place of the text with what stood there and what stands
// there now. What the portal moves in each answer is grey.

import { useQuery } from '@tanstack/react-query';
import '../../mono.css';
import type { RawDifference as Raw } from '../../../http/contract.ts';
import { rawDifferenceQuery } from '../../app/queries.ts';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { counted } from '../../parts/words.ts';

/** Where the text of a version differs from the one before. */
export function RawDifference({
  personId,
  recordId,
  version,
}: {
  personId: string;
  recordId: string;
  version: number;
}) {
  const query = rawDifferenceQuery(personId, recordId, version);
  const { data, error, refetch } = useQuery(query);
  if (error && !data) return <Notice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton lines={2} label="Loading the raw difference" />;
  return (
    <div
      // Focusable, so that the keyboard can scroll it.
      tabIndex={0}
      role="region"
      aria-label={`Raw difference of version ${version}`}
      className="max-h-72 overflow-auto rounded-box border border-line2 bg-sunk p-3 text-12"
    >
      {data.places.length === 0 && <p>The texts say the same.</p>}
      <dl>
        {data.places.map((place) => (
          <Place key={`${place.path} ${place.before === null}`} place={place} />
        ))}
      </dl>
      {data.more > 0 && <p>{counted(data.more, 'more place differs', 'more places differ')}.</p>}
    </div>
  );
}

function Place({ place: p }: { place: Raw['places'][number] }) {
  return (
    <div className={`mb-2 ${p.isVolatile ? 'text-ink3' : ''}`}>
      <dt className="font-mono [overflow-wrap:anywhere]">{p.path}</dt>
      {p.before !== null && (
        <dd className="pl-3 font-mono [overflow-wrap:anywhere]">
          <span className="sr-only">before </span>
          <del>{p.before}</del>
        </dd>
      )}
      {p.after !== null && (
        <dd className="pl-3 font-mono [overflow-wrap:anywhere]">
          <span className="sr-only">now </span>
          <ins className="no-underline">{p.after}</ins>
        </dd>
      )}
      {p.isSameValue && <dd className="pl-3">the same value, written otherwise</dd>}
      {p.isVolatile && <dd className="pl-3">moves in each answer, counts as no change</dd>}
    </div>
  );
}

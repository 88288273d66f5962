// Owns the records that a record holds or belongs to, as rows that open in its place.

import { useState } from 'react';
import type { RecordSheet, TimelineRow } from '../../../http/contract.ts';
import { Button } from '../../parts/button.tsx';
import { KindIcon } from '../../parts/kind-icon.tsx';
import { Flag } from '../../parts/marks.tsx';

const atFirst = 15;

/** One group of related records. */
export function RelatedRecords({
  group,
  onOpen,
}: {
  group: RecordSheet['related'][number];
  onOpen: (recordId: string) => void;
}) {
  const [all, setAll] = useState(false);
  if (group.rows.length === 0) return null;
  const outside = group.rows.filter((row) => row.flag !== null).length;
  const shown = all ? group.rows : group.rows.slice(0, atFirst);
  return (
    <div role="group" aria-label={group.label} className="border-t border-line pt-4">
      <h3 className="mb-1 text-13 font-medium">
        {group.label}
        {outside > 0 && (
          <span className="font-normal text-ink2">
            {' '}
            {outside} of {group.rows.length} outside range
          </span>
        )}
      </h3>
      <ul>
        {shown.map((row) => (
          <Row key={row.id} row={row} onOpen={() => onOpen(row.id)} />
        ))}
      </ul>
      {!all && group.rows.length > atFirst && (
        <Button look="text" onClick={() => setAll(true)}>
          Show all {group.rows.length}
        </Button>
      )}
    </div>
  );
}

function Row({ row, onOpen }: { row: TimelineRow; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="-mx-2 flex min-h-11 w-[calc(100%+1rem)] items-center gap-2.5 rounded-item px-2 py-0.5 text-left hover:bg-sunk desk:min-h-[29px]"
      >
        <KindIcon kind={row.kind} />
        <span
          className={`min-w-0 flex-1 [overflow-wrap:anywhere] ${row.enteredInError ? 'text-ink2 line-through' : ''}`}
        >
          {row.title}
          {row.note && <span className="ml-1 text-13 text-ink2"> {row.note}</span>}
        </span>
        {row.enteredInError && <span className="text-13 text-ink2">entered in error</span>}
        {row.value && !row.enteredInError && (
          <span className="max-w-[60%] text-right [overflow-wrap:anywhere]">
            <span className={row.flag || row.unit ? 'font-medium' : 'text-ink2'}>{row.value}</span>
            {row.unit && <span className="text-13 text-ink2"> {row.unit}</span>}
          </span>
        )}
        {row.flag && !row.enteredInError && <Flag flag={row.flag} />}
      </button>
    </li>
  );
}

// Owns how an old and a new value stand beside each other: the old one struck, the new one after it, in words for those
// who do not see the line.

import type { EarlierValue, FieldDifference } from '../../http/contract.ts';
import { dayOf, longDate, recordMoment } from './dates.ts';

/** What differs between two versions of a record, a line a field. */
export function FieldDifferences({ differences }: { differences: FieldDifference[] }) {
  return (
    <ul className="text-13">
      {differences.map(({ label, before, after, isSameValue }) => (
        <li key={label} className="[overflow-wrap:anywhere]">
          <span className="text-ink2">{label}</span>{' '}
          {before === null ? (
            <>
              <ins className="font-medium no-underline">{worded(label, after)}</ins>{' '}
              <span className="text-ink2">was added</span>
            </>
          ) : (
            <>
              <span className="sr-only">was </span>
              <del className="text-ink2">{worded(label, before)}</del>{' '}
              {after === null ? (
                <span className="text-ink2">is not there any more</span>
              ) : (
                <>
                  <span className="text-ink2">is now</span>{' '}
                  <ins className="font-medium no-underline">{worded(label, after)}</ins>
                </>
              )}
            </>
          )}
          {isSameValue && <span className="text-ink2">, the same value written otherwise</span>}
        </li>
      ))}
    </ul>
  );
}

/** The value that a measurement had before it was amended, with its day. */
export function Earlier({ earlier: e }: { earlier: EarlierValue }) {
  return (
    <span className="text-13 text-ink2">
      Before, it was <del>{[e.value, e.unit].filter(Boolean).join(' ')}</del>, received{' '}
      {longDate(dayOf(e.receivedAt))}.
    </span>
  );
}

function worded(label: string, value: string | null): string {
  const date = /^(\d{4}(?:-\d\d){0,2})(?: (\d\d:\d\d))?$/.exec(value ?? '');
  if (date?.[1] && dateLabels.has(label))
    return date[2] ? recordMoment(date[1], `${date[1]}T${date[2]}`, null) : longDate(date[1]);
  return value ?? '';
}

const dateLabels = new Set(['Date', 'Ended', 'Began', 'Recorded']);

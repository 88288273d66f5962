// Owns the page of what changed: the sum in a sentence, then the records by what became of them, each with old and new.

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { Changes } from '../../../http/contract.ts';
import { changesQuery, type ChangesAsked } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Chip } from '../../parts/chip.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { FirstPageLink, Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { useFocusOnNew } from '../../parts/use-focus-on-new.ts';
import { RecordSheet } from '../read-a-record/record-sheet.tsx';
import { rowOf, useRecordBeside } from '../read-a-record/use-record-beside.ts';
import { ChangeGroup } from './change-group.tsx';
import { backgroundWords, firstWords, ledeWords } from './changes-words.ts';

/** `/people/:id/changes`, with or without a record open; what is asked stands after `#`. */
export function ChangesPage() {
  usePageTitle('What changed');
  const { personId = '', recordId } = useParams({ strict: false });
  const hash = useLocation({ select: (l) => l.hash });
  const asked = useMemo(() => readAsked(hash), [hash]);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    changesQuery(personId, asked),
  );
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const sheet = useRecordBeside('changes', personId, recordId, (from, by) => {
    return rows[rows.findIndex(({ id }) => id === from) + by]?.id;
  });
  const focusOnNew = useFocusOnNew(
    rows.length,
    useCallback((place) => rowOf(rows[place]?.id ?? ''), [rows]),
  );
  const showMore = () => {
    focusOnNew();
    void fetchNextPage();
  };
  const first = data?.pages[0];
  return (
    <div className={`page ${recordId ? 'wide:mr-[27.5rem] print:mr-0' : ''}`}>
      <PageHeading className="mb-3">What changed</PageHeading>
      <Choice asked={asked} />
      {error && !data && (
        <Notice error={error} onRetry={() => void refetch()}>
          <FirstPageLink />
        </Notice>
      )}
      {!data && !error && <Skeleton lines={8} label="Loading what changed" />}
      {first && <Lede changes={first} personId={personId} />}
      {first &&
        [...Map.groupBy(rows, ({ change }) => change)].map(([change, held]) => (
          <ChangeGroup
            key={change}
            personId={personId}
            change={change}
            rows={held}
            count={first.sum[change]}
            isWhole={!hasNextPage}
            openRecord={recordId ?? null}
          />
        ))}
      {hasNextPage && (
        <Button className="mt-4" busy={isFetchingNextPage} onClick={showMore}>
          Show more
        </Button>
      )}
      {recordId && <RecordSheet personId={personId} recordId={recordId} {...sheet} />}
    </div>
  );
}

function readAsked(hash: string): ChangesAsked {
  const receipt = new URLSearchParams(hash).get('receipt');
  if (receipt) return { receipt };
  return { since: hash === 'sync' ? 'sync' : 'visit' };
}

function Choice({ asked }: { asked: ChangesAsked }) {
  const navigate = useNavigate();
  const choose = (hash: string) => void navigate({ to: '.', hash, replace: true });
  return (
    <div role="group" aria-label="Since when" className="mb-5 flex flex-wrap gap-2 print:hidden">
      <Chip pressed={'since' in asked && asked.since === 'visit'} onPress={() => choose('')}>
        Since your last visit
      </Chip>
      <Chip pressed={'since' in asked && asked.since === 'sync'} onPress={() => choose('sync')}>
        With the last sync
      </Chip>
      {'receipt' in asked && (
        <Link
          to="/receipts/$receiptId"
          params={{ receiptId: asked.receipt }}
          className="inline-flex min-h-11 items-center px-2 text-13 text-teal underline-offset-4 hover:underline desk:min-h-8"
        >
          Receipt of this sync
        </Link>
      )}
    </div>
  );
}

function Lede({ changes: c, personId }: { changes: Changes; personId: string }) {
  const { strong, rest } = ledeWords(c);
  const background = backgroundWords(c.background);
  return (
    <div className="mb-6 max-w-[46rem]">
      <p className="text-18 leading-7 text-ink2" aria-live="polite">
        <strong className="font-semibold text-ink">{strong}</strong>
        {rest}
      </p>
      {c.first.map((first) => (
        <p key={first.source.id} className="mt-2 text-ink2">
          {firstWords(first)}{' '}
          <Link
            to="/people/$personId/timeline"
            params={{ personId }}
            className="text-teal underline underline-offset-4"
          >
            Read them on the timeline
          </Link>
        </p>
      ))}
      {background && <p className="mt-2 text-13 text-ink2">{background}</p>}
      {!c.isWhole && (
        <p role="status" className="mt-2 text-13 text-ink2">
          What was received last is still being put into the record; more may follow.
        </p>
      )}
    </div>
  );
}

// Owns what is said of the lists of clinics beside the search: that there are none yet and what fetching them means, how
// far it has come, how old they are.

import { useQuery } from '@tanstack/react-query';
import type { DirectoryLists } from '../../../http/contract.ts';
import { useFetchLists } from '../../app/actions.ts';
import { directoryQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { longDate } from '../../parts/dates.ts';
import { Notice } from '../../parts/page-states.tsx';
import { ageWords, megabytes, offerWords, progressWords, troubleWords } from './list-words.ts';

type List = DirectoryLists['lists'][number];

/** Between the field and the clinics: what is missing or on its way. Nothing where all lists are here. */
export function ListsToFetch() {
  const { data } = useQuery(directoryQuery);
  const fetchLists = useFetchLists();
  const lists = (data?.lists ?? []).filter((list) => !list.imported && !list.sample);
  const coming = lists.filter((list) => list.progress !== null);
  const missing = lists.filter((list) => list.readAt === null && list.progress === null);
  if (coming.length === 0 && missing.length === 0) return null;
  return (
    <section
      aria-label="Lists of clinics"
      className="mt-4 rounded-box border border-line2 bg-surface px-5 py-4"
    >
      {coming.map((list) => (
        <Coming key={list.from} list={list} />
      ))}
      {missing.length > 0 && (
        <>
          <h2 className="font-semibold">
            {missing.length === 1
              ? 'The list of clinics is not here yet'
              : 'The lists of clinics are not here yet'}
          </h2>
          <p className="mt-1 text-ink2">{offerWords(missing)}</p>
          <ul className="mt-3">
            {missing.map((list) => (
              <Missing key={list.from} list={list} />
            ))}
          </ul>
          <Button
            look="filled"
            busy={fetchLists.isPending}
            onClick={() => fetchLists.mutate()}
            className="mt-4"
          >
            {missing.some((list) => list.trouble) ? 'Try again' : 'Fetch'}{' '}
            {missing.length === 1 ? 'the list' : 'the lists'}
          </Button>
        </>
      )}
      {fetchLists.error && <Notice error={fetchLists.error} />}
    </section>
  );
}

function Missing({ list }: { list: List }) {
  return (
    <li className="border-t border-line py-2">
      <span className="flex flex-wrap justify-between gap-x-4">
        <span>{list.vendor}</span>
        <span className="text-ink2">
          <span className="break-all">{list.from}</span>
          {list.bytes !== null && `, about ${megabytes(list.bytes)}`}
        </span>
      </span>
      {list.trouble && <span className="block text-13 text-red">{troubleWords(list)}</span>}
    </li>
  );
}

function Coming({ list }: { list: List }) {
  const bytes = list.progress?.kind === 'reading' ? list.progress.bytes : 0;
  return (
    <div className="py-1">
      <p role="status">
        {list.progress?.kind === 'waiting'
          ? `The list of ${list.vendor} is next.`
          : `Fetching the list of ${list.vendor} from ${list.from}.`}
      </p>
      <p className="text-13 text-ink2">{progressWords(bytes, list.bytes)}</p>
      {list.bytes !== null && (
        <progress
          aria-label={`List of ${list.vendor}`}
          max={list.bytes}
          value={Math.min(bytes, list.bytes)}
          className="mt-1 block h-1.5 w-full accent-teal"
        />
      )}
    </div>
  );
}

/** Below the clinics: which lists these are, how old, and a way to fetch them anew. */
export function ListsRead() {
  const { data } = useQuery(directoryQuery);
  const fetchLists = useFetchLists();
  const read = (data?.lists ?? []).filter((list) => list.readAt !== null && !list.sample);
  if (read.length === 0) return null;
  const isFetched = read.some((list) => !list.imported);
  const isBusy = read.some((list) => list.progress !== null) || fetchLists.isPending;
  return (
    <div className="mt-4 px-4 text-13 text-ink2">
      {read.map((list) => (
        <p key={list.from}>
          {list.vendor}: {list.clinics.toLocaleString('en-US')} clinics
          {list.imported ? ` from ${list.from}` : ''}, as of{' '}
          {longDate(list.checkedAt?.slice(0, 10) ?? null)}
          {ageWords(list.checkedAt, new Date())}
          {list.trouble && <span className="text-red"> {troubleWords(list)}</span>}
        </p>
      ))}
      {isFetched && <p>Lists that were fetched are asked for again about once a week.</p>}
      {isFetched && (
        <Button look="quiet" busy={isBusy} onClick={() => fetchLists.mutate()} className="mt-1">
          {isBusy ? 'Fetching' : 'Look for newer lists'}
        </Button>
      )}
      {fetchLists.error && <Notice error={fetchLists.error} />}
    </div>
  );
}

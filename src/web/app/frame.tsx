// Owns the frame around every page that needs a session: rail, mobile bars, live stream, notice when
// the server is away. It sends whoever is not signed in to the sign-in page.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation, useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { OwnAccount } from '../../http/contract.ts';
import { Button, ButtonLink } from '../parts/button.tsx';
import { PageHeading } from '../parts/page-heading.tsx';
import { Notice } from '../parts/page-states.tsx';
import { sightWords } from '../parts/right-words.ts';
import { problemOf } from './api.ts';
import { joinLive, useLiveStatus } from './live.ts';
import { MobileBar, MobileTop } from './mobile-bars.tsx';
import {
  refreshChart,
  sessionQuery,
  takeConnections,
  takeDirectory,
  takeRights,
  useConnections,
} from './queries.ts';
import { Rail } from './rail.tsx';
import { keepReturnPath } from './return-to.ts';
import { keepPerson, useCurrentPerson, usePeople } from './person.ts';
import { useVisit } from './visit.ts';

/** The frame. Its pages are drawn inside `<main>`. */
export function Frame() {
  const session = useQuery(sessionQuery);
  const path = useLocation({ select: (l) => l.pathname });
  if (session.isPending) return null;
  if (session.data && !session.data.signedIn) {
    keepReturnPath(path);
    return <Navigate to="/sign-in" />;
  }
  if (!session.data) {
    return (
      <main className="page mx-auto mt-16 max-w-2xl">
        <PageHeading className="mb-4">Chartfold</PageHeading>
        <Notice error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return <Signed account={session.data.account} />;
}

function Signed({ account }: { account: OwnAccount }) {
  useLive();
  useRememberPerson();
  return (
    <>
      <a
        href="#main"
        onClick={(e) => {
          // The hash holds filters, so the link moves the focus and leaves the address alone.
          e.preventDefault();
          document.getElementById('main')?.focus();
        }}
        className="absolute top-2 left-2 z-50 -translate-y-20 rounded-box bg-surface px-4 py-2 font-medium text-teal shadow-lift focus:translate-y-0"
      >
        Skip to the page
      </a>
      <div className="desk:grid desk:grid-cols-[13.5rem_minmax(0,1fr)] print:block">
        <Rail />
        <div className="flex min-h-dvh min-w-0 flex-col pb-20 desk:pb-0 print:pb-0">
          <MobileTop />
          <Away />
          <PlainHttp />
          <SignedInSince account={account} />
          <main
            id="main"
            tabIndex={-1}
            className="flex min-h-0 min-w-0 flex-1 flex-col outline-none"
          >
            <Sight />
          </main>
        </div>
      </div>
      <MobileBar />
    </>
  );
}

function useLive(): void {
  const cache = useQueryClient();
  useEffect(
    () =>
      joinLive((message) => {
        if (message.event === 'connections') void takeConnections(cache, message.data.connections);
        else if (message.event === 'people') void takeRights(cache);
        else if (message.event === 'session') void cache.invalidateQueries(sessionQuery);
        else if (message.event === 'directory') takeDirectory(cache, message.data);
        else refreshChart(cache, message.data.personId);
      }),
    [cache],
  );
}

// Said until it is put away, on each load of the app.
function PlainHttp() {
  const { data } = useQuery(sessionQuery);
  const [isRead, setRead] = useState(false);
  if (isRead || !data?.signedIn || !data.plainHttp) return null;
  return (
    <div className="flex flex-wrap items-center gap-x-4 border-b border-line bg-amber-tint px-5 py-1 text-13 desk:px-10 print:hidden">
      <p className="min-w-56 flex-1 py-1">
        Chartfold is reached over plain http here. Who is on this network could read along or sign
        in as you, and passkeys do not work.
      </p>
      <Button look="quiet" onClick={() => setRead(true)}>
        I know
      </Button>
    </div>
  );
}

// The page was loaded for one account, and another has signed in in this browser since.
function SignedInSince({ account }: { account: OwnAccount }) {
  const [loadedFor, setLoadedFor] = useState(account.id);
  return (
    <div role="status" className="print:hidden">
      {loadedFor !== account.id && (
        <div className="flex flex-wrap items-center gap-x-4 border-b border-line bg-amber-tint px-5 py-1 text-13 desk:px-10">
          <p className="min-w-56 flex-1 py-1 [overflow-wrap:anywhere]">
            This browser is signed in as {account.name} now. What you see is what they see.
          </p>
          <Button look="quiet" onClick={() => setLoadedFor(account.id)}>
            I know
          </Button>
        </div>
      )}
    </div>
  );
}

// A page of somebody's record is drawn only for who may see it, and says so where that is not all of it.
function Sight() {
  const { personId } = useParams({ strict: false });
  const person = usePeople().find((p) => p.id === personId);
  useVisit(person?.id);
  if (personId !== undefined && !person) return <NotShown />;
  return (
    <>
      {person?.kinds && (
        <p className="border-b border-line bg-sunk px-5 py-2 text-13 text-ink2 desk:px-10">
          You see {sightWords(person.kinds)} of this record.
        </p>
      )}
      <Outlet />
    </>
  );
}

function NotShown() {
  return (
    <div className="page">
      <PageHeading>This record is not shown to you</PageHeading>
      <p className="mt-2 mb-6 max-w-xl text-ink2">
        There may be no such record any more, or the time for which it was shown to you has ended.
        Whoever looks after it can show it again.
      </p>
      <ButtonLink to="/">Go to the first page</ButtonLink>
    </div>
  );
}

function useRememberPerson(): void {
  const person = useCurrentPerson();
  const id = person?.id;
  useEffect(() => {
    if (id) keepPerson(id);
  }, [id]);
}

// Said only when neither the stream nor asking works: one of them alone loses nothing.
function Away() {
  const status = useLiveStatus();
  const connections = useConnections();
  const away =
    status === 'polling' &&
    connections.isError &&
    problemOf(connections.error).code === 'web.unreachable';
  return (
    <div role="status" className="print:hidden">
      {away && (
        <p className="border-b border-line bg-amber-tint px-5 py-2 text-13 desk:px-10">
          Chartfold is not answering. What you see was loaded before; it is asked again every few
          seconds.
        </p>
      )}
    </div>
  );
}

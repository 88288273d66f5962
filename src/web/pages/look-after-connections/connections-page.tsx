// Owns the page of all connections: a card a portal, live; preview apart; the sample's removal.

import { useQuery } from '@tanstack/react-query';
import { Plus, RefreshCw } from 'lucide-react';
import type { Connection } from '../../../http/contract.ts';
import { useRemoveSample, useSyncAll } from '../../app/actions.ts';
import { useManages } from '../../app/person.ts';
import { needsPerson } from '../../app/places.tsx';
import { sessionQuery, useConnections } from '../../app/queries.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { useNow } from '../../parts/use-now.ts';
import { useQuestion } from '../../parts/use-question.ts';
import { counted, inWords, sentenceCase } from '../../parts/words.ts';
import { ConnectionCard } from './connection-card.tsx';
import { inOrder } from './state-words.ts';

/** `/connections` */
export function ConnectionsPage() {
  usePageTitle('Connections');
  const { data, error, isPending, refetch } = useConnections();
  const now = useNow(30_000);
  const ordered = inOrder(data ?? []);
  const own = ordered.filter((c) => c.environment === 'production');
  const preview = ordered.filter((c) => c.environment === 'preview');
  // One filled button a page: the first card that waits for the person has it.
  const manages = useManages();
  const first = ordered.find((c) => needsPerson(c) && manages(c))?.id;
  const card = (c: Connection) => (
    <ConnectionCard key={c.id} connection={c} filled={c.id === first} now={now} />
  );
  return (
    <div className="page">
      <Head connections={data ?? []} loaded={data !== undefined} />
      {isPending && <Skeleton lines={4} label="Loading connections" />}
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && (
        <p className="border-t border-line py-6 text-ink2">
          No portal is connected yet. Connect one, and what it holds about you comes here.
        </p>
      )}
      <ul className="grid gap-4 desk:grid-cols-2">{own.map(card)}</ul>
      {preview.length > 0 && (
        <section aria-labelledby="preview-head" className="mt-8">
          <h2 id="preview-head" className="mb-3 text-13 font-medium text-ink2">
            Preview, the portals’ test environments
          </h2>
          <ul className="grid gap-4 desk:grid-cols-2">{preview.map(card)}</ul>
        </section>
      )}
      <SampleRow connections={ordered.filter((c) => c.sample)} />
    </div>
  );
}

function Head({ connections, loaded }: { connections: Connection[]; loaded: boolean }) {
  const syncAll = useSyncAll();
  const n = connections.length;
  const manages = useManages();
  const canAsk = connections.some((c) => c.state.kind === 'ready' && manages(c));
  return (
    <>
      <div className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-3">
        <PageHeading>Connections</PageHeading>
        {n > 0 && (
          <p className="text-13 text-ink2">
            {sentenceCase(inWords(n))} {n === 1 ? 'portal' : 'portals'}
          </p>
        )}
        <div className="flex w-full gap-2 desk:ml-auto desk:w-auto">
          {canAsk && (
            <Button
              busy={syncAll.isPending}
              onClick={() => syncAll.mutate()}
              className="flex-1 desk:flex-none"
            >
              <RefreshCw size={16} strokeWidth={1.6} aria-hidden />
              Ask all now
            </Button>
          )}
          <ButtonLink
            to="/connections/add"
            look={loaded && n === 0 ? 'filled' : 'plain'}
            className="flex-1 desk:flex-none"
          >
            <Plus size={16} strokeWidth={1.6} aria-hidden />
            Connect a portal
          </ButtonLink>
        </div>
      </div>
      {syncAll.error && (
        <div className="mb-4">
          <Notice error={syncAll.error} />
        </div>
      )}
    </>
  );
}

function SampleRow({ connections }: { connections: Connection[] }) {
  const question = useQuestion();
  const remove = useRemoveSample();
  const session = useQuery(sessionQuery);
  const isOwner = session.data?.signedIn === true && session.data.account.roles.includes('owner');
  if (connections.length === 0 || !isOwner) return null;
  const records = connections.reduce((sum, c) => sum + c.records, 0);
  return (
    <section
      aria-label="The sample record"
      className="mt-8 rounded-box border border-line bg-surface px-5 py-3"
    >
      {question.isAsking ? (
        <InlineConfirm
          question={`Everything the sample portals filled goes, for everybody here: your ${counted(records, 'record')}, and what others tried that is not shown to you, receipts included. What comes from clinics is not touched.`}
          yes="Remove the sample"
          no="Keep it"
          busy={remove.isPending}
          onYes={() => remove.mutate(undefined, { onSettled: question.leave })}
          onNo={question.leave}
        />
      ) : (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <p className="font-medium">The sample record</p>
          <p className="text-13 text-ink2">
            {counted(connections.length, 'connection')}, {counted(records, 'record')}, about nobody
            who exists
          </p>
          <Button look="text" className="ml-auto" ref={question.opener} onClick={question.ask}>
            Remove the sample record
          </Button>
        </div>
      )}
      {remove.error && <Notice error={remove.error} />}
    </section>
  );
}

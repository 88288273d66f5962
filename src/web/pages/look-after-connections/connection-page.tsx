// Owns the page of one connection: its state or live progress, and every receipt it ever gave.

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate, useLocation, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { apart, listedApart } from '../../../fhir/text/shown.ts';
import type { Connection, ReceiptSummary } from '../../../http/contract.ts';
import { useGoOn } from '../../app/actions.ts';
import { useManages } from '../../app/person.ts';
import { connectionsQuery, receiptsQuery, useConnections } from '../../app/queries.ts';
import { ButtonLink } from '../../parts/button.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { moment } from '../../parts/dates.ts';
import { PreviewBadge, SampleBadge, SourceMark } from '../../parts/marks.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { useNow } from '../../parts/use-now.ts';
import { Warning } from '../../parts/warning.tsx';
import { counted, figures } from '../../parts/words.ts';
import { ConnectionActions } from './connection-actions.tsx';
import { ScheduleSection } from './schedule-form.tsx';
import { signInByWords } from './schedule-words.ts';
import { StateLines } from './connection-card.tsx';
import { WordsForClinic } from './words-for-clinic.tsx';

/** `/connections/:id` */
export function ConnectionPage() {
  usePageTitle('Connection');
  const { connectionId } = useParams({ strict: false });
  const { data, error, isPending, refetch } = useConnections();
  const now = useNow(30_000);
  const c = data?.find((one) => one.id === connectionId);
  const manages = useManages();
  const goOn = useGoOnAtOnce(c);
  // One that landed on a connection known before is gone from here.
  const landed = goOn.data?.id;
  useAskOnceIfMissing(Boolean(data && !c));
  if (landed !== undefined && landed !== connectionId)
    return <Navigate to="/connections/$connectionId" params={{ connectionId: landed }} replace />;
  // The way back from the portal ends here; the question comes before anything else.
  if (c?.state.kind === 'confirm' && manages(c)) {
    return (
      <Navigate to="/connections/$connectionId/confirm" params={{ connectionId: c.id }} replace />
    );
  }
  return (
    <div className="page">
      <Crumbs trail={[{ name: 'Connections', to: '/connections' }]} here={c?.clinicName ?? ''} />
      {isPending && <Skeleton label="Loading the connection" />}
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {data && !c && (
        <>
          <PageHeading>There is no such connection</PageHeading>
          <p className="mt-2 mb-5 text-ink2">
            It may have been removed. What it filled may be gone too.
          </p>
          <ButtonLink to="/connections">See all connections</ButtonLink>
        </>
      )}
      {goOn.error && <Notice error={goOn.error} />}
      {c &&
        (goOn.isPending ? (
          <Skeleton label="Going on with your sign-in" />
        ) : (
          <One connection={c} now={now} />
        ))}
    </div>
  );
}

/** Where a sign-in for somebody else has opened the record that is here already. */
function SamePatient({ connection: c }: { connection: Connection }) {
  const isSame = useLocation({ select: (l) => l.hash === 'same-patient' });
  if (!isSame) return null;
  return (
    <div className="mt-3" role="status">
      <Warning>
        {apart(c.portalName)} signed in {apart(c.personName ?? 'the patient')} again, who was
        connected here already. Nothing is stored twice.{' '}
        {c.signOut === null ? (
          'To connect somebody else, sign out at the portal first.'
        ) : (
          <>
            To connect somebody else,{' '}
            <a
              href={c.signOut}
              target="_blank"
              rel="noreferrer"
              className="text-teal underline underline-offset-4"
            >
              sign out at {apart(c.portalName)}
            </a>{' '}
            first, then connect the clinic again.
          </>
        )}
      </Warning>
    </div>
  );
}

function One({ connection: c, now }: { connection: Connection; now: Date }) {
  const signIn = signInByWords(c, now);
  const filled = c.state.kind !== 'disconnected' && c.state.kind !== 'ready';
  const where = listedApart([c.portalName, c.town]);
  return (
    <>
      <PageHeading className="flex flex-wrap items-center gap-x-3 [overflow-wrap:anywhere]">
        <SourceMark mark={c.mark} size={12} />
        {c.clinicName}
        {c.environment === 'preview' && <PreviewBadge />}
        {c.sample && <SampleBadge />}
      </PageHeading>
      <p className="text-ink2">
        {where}
        {c.personName ? `, for ${apart(c.personName)}` : ''}
      </p>
      <section
        aria-label="State"
        data-state={c.state.kind}
        className="mt-5 rounded-box border border-line2 bg-surface"
      >
        <div className="flex gap-3 px-5 py-4">
          <StateLines connection={c} now={now} />
        </div>
        <div className="border-t border-line px-5 py-2">
          <ConnectionActions connection={c} filled={filled}>
            {c.records > 0 && c.personId && (
              <Link
                to="/people/$personId/timeline"
                params={{ personId: c.personId }}
                className="inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline desk:min-h-8"
              >
                Read the {counted(c.records, 'record')}
              </Link>
            )}
          </ConnectionActions>
        </div>
      </section>
      <SamePatient connection={c} />
      <WordsForClinic connection={c} />
      {signIn && (
        <div className="mt-3">
          <Warning>{signIn}</Warning>
        </div>
      )}
      {c.clinicNote && c.state.kind !== 'disconnected' && (
        <div className="mt-3">
          <Warning>{c.clinicNote}</Warning>
        </div>
      )}
      {c.note && c.state.kind !== 'ready' && <p className="mt-3 text-13 text-ink2">{c.note}</p>}
      <ScheduleSection connection={c} now={now} />
      <Receipts connectionId={c.id} />
    </>
  );
}

function Receipts({ connectionId }: { connectionId: string }) {
  const { data, error, isPending, refetch } = useQuery(receiptsQuery(connectionId));
  return (
    <section aria-labelledby="receipts-head" className="mt-10">
      <h2 id="receipts-head" className="section-head text-18 font-semibold">
        Receipts
      </h2>
      {isPending && <Skeleton lines={3} label="Loading receipts" />}
      {error && <Notice error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && (
        <p className="border-t border-line py-3 text-ink2">
          None yet. Each sync leaves one: what was asked, what came, what was refused and why.
        </p>
      )}
      {data && data.length > 0 && <ReceiptTable receipts={data} />}
    </section>
  );
}

function ReceiptTable({ receipts }: { receipts: ReceiptSummary[] }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-t border-line text-13 desk:text-15">
        <thead className="text-12 text-ink2">
          <tr className="border-b border-line [&>th]:py-2 [&>th]:font-normal">
            <th scope="col" className="text-left">
              Sync
            </th>
            <th scope="col" className="text-right">
              Answered in full
            </th>
            <th scope="col" className="text-right">
              New
            </th>
            <th scope="col" className="text-right">
              Changed
            </th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((r) => (
            <tr key={r.id} className="h-11 border-b border-line desk:h-[34px]">
              <td>
                <Link
                  to="/receipts/$receiptId"
                  params={{ receiptId: r.id }}
                  className="text-teal underline-offset-4 hover:underline"
                >
                  {r.finishedAt ? moment(r.finishedAt) : 'Not finished'}
                </Link>
              </td>
              <td className="text-right">
                {r.answeredInFull} of {r.asked}
              </td>
              <Count n={r.new} />
              <Count n={r.changed} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Count({ n }: { n: number }) {
  return <td className={`text-right ${n === 0 ? 'text-ink3' : 'font-medium'}`}>{figures(n)}</td>;
}

// The portal's answer came while nobody was signed in here, and waited: what it is for goes on by itself.
function useGoOnAtOnce(c: Connection | undefined): ReturnType<typeof useGoOn> {
  const goOn = useGoOn();
  const { mutate, isIdle } = goOn;
  const id = c?.signInWaits ? c.id : undefined;
  useEffect(() => {
    if (id !== undefined && isIdle) mutate(id);
  }, [id, isIdle, mutate]);
  return goOn;
}

// After a sign-in the list kept here may be older than the connection: ask once before saying no.
function useAskOnceIfMissing(missing: boolean): void {
  const cache = useQueryClient();
  const asked = useRef(false);
  useEffect(() => {
    if (!missing || asked.current) return;
    asked.current = true;
    void cache.invalidateQueries(connectionsQuery(cache));
  }, [missing, cache]);
}

// Owns the receipt of one sync as a letter on paper: sentences that add up, then the account.

import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Download, Printer } from 'lucide-react';
import '../../mono.css';
import { apart } from '../../../fhir/text/shown.ts';
import type { Receipt } from '../../../http/contract.ts';
import { receiptQuery } from '../../app/queries.ts';
import { Button, ButtonLink, buttonLook } from '../../parts/button.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { about, momentSpan } from '../../parts/dates.ts';
import { PreviewBadge, SampleBadge } from '../../parts/marks.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { useNow } from '../../parts/use-now.ts';
import { figures } from '../../parts/words.ts';
import { Account } from './account.tsx';
import { Permissions } from './permissions.tsx';
import { receiptSentences } from './receipt-words.ts';

/** `/receipts/:id` */
export function ReceiptPage() {
  usePageTitle('Receipt');
  const { receiptId = '' } = useParams({ strict: false });
  const {
    data: r,
    error,
    isPending,
    refetch,
  } = useQuery({
    ...receiptQuery(receiptId),
    // A receipt still being written changes under the reader; a finished one never does.
    refetchInterval: (query) => (query.state.data?.finishedAt === null ? 3000 : false),
  });
  if (isPending) {
    return (
      <div className="page">
        <Skeleton lines={10} label="Loading the receipt" />
      </div>
    );
  }
  if (!r) {
    return (
      <div className="page">
        <PageHeading className="mb-4">Receipt</PageHeading>
        <Notice error={error} onRetry={() => void refetch()} />
        <ButtonLink to="/connections" className="mt-4">
          See Connections
        </ButtonLink>
      </div>
    );
  }
  return (
    <div className="page desk:px-16">
      <Top receipt={r} />
      <Letter receipt={r} />
      <Neighbours receipt={r} />
    </div>
  );
}

function Top({ receipt: r }: { receipt: Receipt }) {
  return (
    <div className="flex items-start justify-between gap-4 print:hidden">
      <Crumbs
        trail={[
          { name: 'Connections', to: '/connections' },
          {
            name: r.clinicName,
            to: '/connections/$connectionId',
            params: { connectionId: r.connectionId },
          },
        ]}
        here=""
      />
      <div className="flex gap-4">
        <Button look="text" onClick={() => window.print()}>
          <Printer size={16} strokeWidth={1.6} aria-hidden />
          Print
        </Button>
        <a
          href={`/api/receipts/${encodeURIComponent(r.id)}`}
          download={`receipt-${r.startedAt.slice(0, 10)}.json`}
          className={buttonLook('text')}
        >
          <Download size={16} strokeWidth={1.6} aria-hidden />
          Save
        </a>
      </div>
    </div>
  );
}

function Letter({ receipt: r }: { receipt: Receipt }) {
  return (
    <article className="desk:rounded-box desk:border desk:border-line2 desk:bg-surface desk:px-12 desk:py-9 desk:shadow-lift print:border-0 print:p-0 print:shadow-none">
      <div className="gap-x-16 desk:grid desk:grid-cols-[minmax(0,1fr)_13rem]">
        <div>
          <PageHeading className="flex items-center gap-3">
            Receipt
            {r.environment === 'preview' && <PreviewBadge />}
            {r.sample && <SampleBadge />}
          </PageHeading>
          <p className="text-ink2">
            {apart(r.clinicName)}, through {apart(r.portalName)}
          </p>
          <p className="text-ink2">{momentSpan(r.startedAt, r.finishedAt)}</p>
          <p className="mt-4 text-18 leading-7 text-ink2" aria-live="polite">
            {receiptSentences(r).map((run, i) =>
              run.strong ? (
                // Runs of one text, in its order
                <strong key={i} className="font-semibold text-ink">
                  {run.text}
                </strong>
              ) : (
                run.text
              ),
            )}
          </p>
          <WaysOn receipt={r} />
        </div>
        <Totals receipt={r} />
      </div>
      <Account receipt={r} />
      <Permissions receipt={r} />
      {r.gaps.length > 0 && (
        <section aria-labelledby="gaps-head" className="mt-8">
          <h2 id="gaps-head" className="section-head font-semibold">
            What this portal is known not to give
          </h2>
          <ul className="list-disc border-t border-line pt-2 pl-5 text-ink2 marker:text-line3">
            {r.gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        </section>
      )}
      {r.contentHash && (
        <p className="mt-8 text-12 text-ink2">
          Fingerprint of what this sync stored:{' '}
          <code className="font-mono [overflow-wrap:anywhere]">{r.contentHash}</code>
        </p>
      )}
    </article>
  );
}

/** To what it changed; and, of the last one, when it is asked again without anybody's doing. */
function WaysOn({ receipt: r }: { receipt: Receipt }) {
  const now = useNow(60_000);
  return (
    <p className="mt-1 mb-6 flex flex-wrap items-center gap-x-5 text-13 text-ink2">
      <Link
        to="/people/$personId/changes"
        params={{ personId: r.personId }}
        hash={`receipt=${r.id}`}
        className="inline-flex min-h-11 items-center text-teal underline-offset-4 hover:underline desk:min-h-7 print:hidden"
      >
        What this sync changed
      </Link>
      {r.nextTry !== null && r.next === null && (
        <span>The next sync begins by itself {about(r.nextTry, now)}.</span>
      )}
    </p>
  );
}

function Totals({ receipt: r }: { receipt: Receipt }) {
  const rows: [string, number, boolean][] = [
    ['Asked', r.asked, false],
    ['Answered in full', r.answeredInFull, false],
    ['In part', r.inPart, r.inPart > 0],
    ['Refused', r.refused, r.refused > 0],
    ['Failed', r.failed, r.failed > 0],
  ];
  const line = ([label, n, warn]: [string, number, boolean]) => (
    <div key={label} className="flex justify-between py-0.5">
      <dt className="text-ink2">{label}</dt>
      <dd className={`font-medium ${warn ? 'text-amber' : n === 0 ? 'text-ink3' : ''}`}>
        {figures(n)}
      </dd>
    </div>
  );
  return (
    <div className="mb-6 hidden self-end desk:block">
      <dl>{rows.map(line)}</dl>
      <dl className="mt-2 border-t border-line2 pt-2">
        {line(['Permissions asked', r.scopesAsked.length, false])}
        {line(['Granted', r.scopesAsked.filter((s) => r.scopesGranted.includes(s)).length, false])}
      </dl>
    </div>
  );
}

function Neighbours({ receipt: r }: { receipt: Receipt }) {
  const look =
    'inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline';
  return (
    <nav aria-label="Other receipts" className="mt-4 flex justify-between print:hidden">
      {r.previous ? (
        <Link to="/receipts/$receiptId" params={{ receiptId: r.previous }} className={look}>
          The receipt before
        </Link>
      ) : (
        <span className="py-3 text-13 text-ink2">This is the first receipt</span>
      )}
      {r.next && (
        <Link to="/receipts/$receiptId" params={{ receiptId: r.next }} className={look}>
          The receipt after
        </Link>
      )}
    </nav>
  );
}

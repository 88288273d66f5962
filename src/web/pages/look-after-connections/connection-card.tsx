// Owns a connection as a card: clinic, state in a sentence, one way on, the last receipt.

import { Link } from '@tanstack/react-router';
import {
  CircleAlert,
  CircleCheck,
  CirclePause,
  Hourglass,
  KeyRound,
  type LucideIcon,
  UserRoundCheck,
} from 'lucide-react';
import { apart, listedApart } from '../../../fhir/text/shown.ts';
import type { Connection } from '../../../http/contract.ts';
import { usePeople } from '../../app/person.ts';
import { PreviewBadge, SampleBadge, SourceMark } from '../../parts/marks.tsx';
import { Warning } from '../../parts/warning.tsx';
import { ProgressOfSync } from '../../parts/ticks.tsx';
import { ConnectionActions } from './connection-actions.tsx';
import { nextSyncWords, signInByWords } from './schedule-words.ts';
import { receiptWords, stateWords } from './state-words.ts';
import { wordsToSend } from './words-for-clinic.tsx';

/** One portal of one person. Preview is dashed amber. */
export function ConnectionCard({
  connection: c,
  filled,
  now,
}: {
  connection: Connection;
  filled: boolean;
  now: Date;
}) {
  const preview = c.environment === 'preview';
  const wide = c.state.kind === 'syncing' || preview;
  return (
    <li
      data-connection={c.id}
      data-state={c.state.kind}
      className={`flex min-w-0 flex-col rounded-box border ${preview ? 'border-dashed border-amber-mark bg-sunk' : 'border-line2 bg-surface'} ${wide ? 'desk:col-span-2' : ''}`}
    >
      <div className="flex-1 px-5 pt-4 pb-4">
        <div className="flex gap-4">
          <span className="mt-0.5 flex w-5 justify-center">
            <SourceMark mark={c.mark} />
          </span>
          <CardHead connection={c} />
        </div>
        <div className="mt-4 flex gap-4">
          <StateLines connection={c} now={now} indented />
        </div>
        <LinkToWords connection={c} />
        <Ahead connection={c} now={now} />
      </div>
      <div className="border-t border-line px-5 py-2">
        <ConnectionActions connection={c} filled={filled}>
          <ReceiptLink connection={c} now={now} />
        </ConnectionActions>
      </div>
    </li>
  );
}

function LinkToWords({ connection: c }: { connection: Connection }) {
  if (wordsToSend(c) === null) return null;
  return (
    <Link
      to="/connections/$connectionId"
      params={{ connectionId: c.id }}
      className="ml-9 inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline desk:min-h-8"
    >
      What to write to the clinic
    </Link>
  );
}

/** What comes next: the sync that begins by itself, the sign-in that is needed soon. */
function Ahead({ connection, now }: { connection: Connection; now: Date }) {
  const next = nextSyncWords(connection, now);
  const signIn = signInByWords(connection, now);
  return (
    <>
      {next && <p className="mt-1 pl-9 text-13 text-ink2">{next}</p>}
      {signIn && (
        <div className="mt-3">
          <Warning>{signIn}</Warning>
        </div>
      )}
    </>
  );
}

function CardHead({ connection: c }: { connection: Connection }) {
  const people = usePeople();
  const where = listedApart([c.portalName, c.town]);
  const whose = people.length > 1 && c.personName ? `, for ${apart(c.personName)}` : '';
  return (
    <div className="min-w-0">
      <h2 className="flex flex-wrap items-center gap-x-2.5 text-18 font-medium [overflow-wrap:anywhere]">
        <Link
          to="/connections/$connectionId"
          params={{ connectionId: c.id }}
          className="underline-offset-4 hover:underline"
        >
          {c.clinicName}
        </Link>
        {c.environment === 'preview' && <PreviewBadge />}
        {c.sample && <SampleBadge />}
      </h2>
      <p className="text-13 text-ink2">
        {c.environment === 'preview'
          ? `${where}: test patients, kept apart from your record`
          : where}
        {whose}
      </p>
    </div>
  );
}

/** Icon, title and sentence of the state; for a sync its live progress. */
export function StateLines({
  connection: c,
  now,
  indented = false,
}: {
  connection: Connection;
  now: Date;
  /** Whether progress stands under a name that has its mark before it. */
  indented?: boolean;
}) {
  if (c.state.kind === 'syncing') {
    return (
      <>
        {indented && <span className="hidden w-5 shrink-0 desk:block" />}
        <div className="min-w-0 flex-1">
          <ProgressOfSync progress={c.state.progress} name={c.clinicName} />
        </div>
      </>
    );
  }
  const words = stateWords(c, now);
  const Icon =
    c.state.kind === 'ready' && words.tone === 'amber' ? CircleAlert : icons[c.state.kind];
  return (
    <>
      <Icon
        size={18}
        strokeWidth={1.6}
        aria-hidden
        className={`mt-0.5 w-5 shrink-0 ${words.tone === 'red' ? 'text-red' : words.tone === 'amber' ? 'text-amber' : 'text-ink3'}`}
      />
      <div className="min-w-0">
        <p className="font-medium">{words.title}</p>
        <p className="text-13 text-ink2">{words.sentence}</p>
      </div>
    </>
  );
}

const icons: { readonly [kind in Exclude<Connection['state']['kind'], 'syncing'>]: LucideIcon } = {
  authorising: KeyRound,
  confirm: UserRoundCheck,
  waiting: Hourglass,
  ready: CircleCheck,
  'sign-in-again': KeyRound,
  failed: CircleAlert,
  disconnected: CirclePause,
};

function ReceiptLink({ connection, now }: { connection: Connection; now: Date }) {
  const words = receiptWords(connection, now);
  if (!connection.lastReceipt || !words) return null;
  return (
    <Link
      to="/receipts/$receiptId"
      params={{ receiptId: connection.lastReceipt.id }}
      className="inline-flex min-h-11 items-center text-13 text-ink2 underline-offset-4 hover:text-ink hover:underline desk:min-h-8"
    >
      {words}
    </Link>
  );
}

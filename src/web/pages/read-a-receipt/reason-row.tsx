// Owns why a question was not answered in full, who can mend it, and the button for that.

import { useNavigate } from '@tanstack/react-router';
import { Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Receipt, ReceiptQuestion } from '../../../http/contract.ts';
import { useReconnect, useSync } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { menderWords, type Reason, wayOn, wordsForClinic } from './receipt-words.ts';

/** The reason in words, with its way on. */
export function ReasonRow({
  receipt,
  question,
  reason,
}: {
  receipt: Receipt;
  question: ReceiptQuestion;
  reason: Reason;
}) {
  const mender = menderWords(reason);
  return (
    <div className="flex flex-col gap-x-8 gap-y-3 desk:flex-row desk:items-center">
      <p className="flex-1 text-ink2">
        {reason.sentence}
        {reason.portalSaid && <> The portal said “{reason.portalSaid}”.</>}{' '}
        <strong className="font-semibold text-ink">{mender.who}</strong>
        {mender.how}
      </p>
      <div className="flex flex-col gap-2 print:hidden">
        <WayOn receipt={receipt} question={question} reason={reason} />
      </div>
    </div>
  );
}

function WayOn({
  receipt: r,
  question,
  reason,
}: {
  receipt: Receipt;
  question: ReceiptQuestion;
  reason: Reason;
}) {
  const reconnect = useReconnect();
  const sync = useSync();
  const navigate = useNavigate();
  const error = reconnect.error ?? sync.error;
  switch (wayOn(reason)) {
    case 'copy':
      return <CopyWords words={wordsForClinic(r, question)} />;
    case 'sign-in':
      return (
        <>
          <Button busy={reconnect.isPending} onClick={() => reconnect.mutate(r.connectionId)}>
            Sign in again
          </Button>
          {error && <Notice error={error} />}
        </>
      );
    case 'retry':
      return (
        <>
          <Button
            busy={sync.isPending}
            onClick={() =>
              sync.mutate(r.connectionId, {
                onSuccess: () =>
                  void navigate({
                    to: '/connections/$connectionId',
                    params: { connectionId: r.connectionId },
                  }),
              })
            }
          >
            Retry now
          </Button>
          {error && <Notice error={error} />}
        </>
      );
    case null:
      return null;
  }
}

// Without a clipboard (plain http in the house) the words are shown, chosen and ready to copy.
function CopyWords({ words }: { words: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'by-hand'>('idle');
  const area = useRef<HTMLTextAreaElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(words);
      setState('copied');
    } catch {
      setState('by-hand');
      requestAnimationFrame(() => area.current?.select());
    }
  };
  return (
    <>
      <Button onClick={() => void copy()}>
        <Copy size={16} strokeWidth={1.6} aria-hidden />
        <span role="status">{state === 'copied' ? 'Copied' : 'Copy the words'}</span>
      </Button>
      {state === 'by-hand' && (
        <textarea
          ref={area}
          readOnly
          aria-label="The words to send"
          rows={8}
          value={words}
          className="w-full rounded-box border border-edge bg-surface p-3 text-13 desk:w-96"
        />
      )}
    </>
  );
}

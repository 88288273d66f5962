// Owns why a question was not answered in full, who can mend it, and the button for that.

import { useNavigate } from '@tanstack/react-router';
import { apart } from '../../../fhir/text/shown.ts';
import type { Receipt, ReceiptQuestion } from '../../../http/contract.ts';
import { useReconnect, useSync } from '../../app/actions.ts';
import { useManages } from '../../app/person.ts';
import { useConnections } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
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
        {reason.portalSaid && <> The portal said “{apart(reason.portalSaid)}”.</>}{' '}
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
  const manages = useManages();
  const connection = useConnections().data?.find((c) => c.id === r.connectionId);
  if (!connection || !manages(connection)) return null;
  switch (wayOn(reason)) {
    case 'copy':
      return (
        <CopyButton
          text={wordsForClinic(r, question)}
          name="The words to send"
          label="Copy the words"
        />
      );
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

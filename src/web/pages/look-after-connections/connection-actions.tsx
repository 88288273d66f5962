// Owns what can be done with one connection, by its state: one way on first, Disconnect last.

import { useState } from 'react';
import type { Connection } from '../../../http/contract.ts';
import { useDisconnect, useReconnect, useReject, useSync } from '../../app/actions.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { counted } from '../../parts/words.ts';

/**
 * The row of actions. `filled` gives the way on the page's one filled button.
 * `children` stands at the right end.
 */
export function ConnectionActions({
  connection,
  filled,
  children,
}: {
  connection: Connection;
  filled: boolean;
  children?: React.ReactNode;
}) {
  const [asking, setAsking] = useState(false);
  const reconnect = useReconnect();
  const sync = useSync();
  const reject = useReject();
  const disconnect = useDisconnect();
  const error = reconnect.error ?? sync.error ?? reject.error ?? disconnect.error;
  const { id, state } = connection;
  const look = filled ? 'filled' : 'plain';

  if (asking) {
    return (
      <InlineConfirm
        question={disconnectQuestion(connection)}
        yes="Disconnect"
        no="Stay connected"
        busy={disconnect.isPending}
        onYes={() => disconnect.mutate(id, { onSettled: () => setAsking(false) })}
        onNo={() => setAsking(false)}
      />
    );
  }
  const disconnectButton = (
    <Button look="quiet" onClick={() => setAsking(true)}>
      Disconnect
    </Button>
  );
  const signIn = (label: string) => (
    <Button look={look} busy={reconnect.isPending} onClick={() => reconnect.mutate(id)}>
      {label}
    </Button>
  );
  const cancel = (
    <Button look="quiet" busy={reject.isPending} onClick={() => reject.mutate(id)}>
      Cancel
    </Button>
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
        {state.kind === 'authorising' && (
          <>
            {signIn('Continue')}
            {cancel}
          </>
        )}
        {state.kind === 'confirm' && (
          <ButtonLink
            to="/connections/$connectionId/confirm"
            params={{ connectionId: id }}
            look={look}
          >
            Look and confirm
          </ButtonLink>
        )}
        {state.kind === 'ready' && (
          <>
            <Button look="text" busy={sync.isPending} onClick={() => sync.mutate(id)}>
              Ask now
            </Button>
            {disconnectButton}
          </>
        )}
        {state.kind === 'sign-in-again' && (
          <>
            {signIn('Sign in')}
            {disconnectButton}
          </>
        )}
        {state.kind === 'failed' && (
          <>
            {signIn('Try again')}
            {connection.records > 0 ? disconnectButton : cancel}
          </>
        )}
        {state.kind === 'disconnected' && signIn('Connect again')}
        {state.kind === 'syncing' && disconnectButton}
        <span className="ml-auto">{children}</span>
      </div>
      {error && <Notice error={error} />}
    </div>
  );
}

function disconnectQuestion({ clinicName, records }: Connection): string {
  const keeps =
    records > 0
      ? ` The ${counted(records, 'record')} received so far ${records === 1 ? 'is' : 'are'} kept.`
      : '';
  return `Chartfold gives up its access to ${clinicName} and asks nothing more there.${keeps}`;
}

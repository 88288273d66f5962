// Owns what can be done with one connection, by its state: one way on first, Disconnect last.

import { useState } from 'react';
import { apart } from '../../../fhir/text/shown.ts';
import type { Connection } from '../../../http/contract.ts';
import {
  useCancelSync,
  useDeleteFilled,
  useDisconnect,
  useReconnect,
  useReject,
  useSync,
} from '../../app/actions.ts';
import { useManages } from '../../app/person.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { counted } from '../../parts/words.ts';
import { signInByWords } from './schedule-words.ts';
import { leadsNowhere } from './state-words.ts';

type Actions = {
  connection: Connection;
  filled: boolean;
  children?: React.ReactNode;
};

/**
 * The row of actions, for who decides over the record. `filled` gives the way on the page's one filled button.
 * `children` stands at the right end.
 */
export function ConnectionActions(props: Actions) {
  const manages = useManages();
  if (manages(props.connection)) return <Acts {...props} />;
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
      <p className="text-13 text-ink2">Looked after by who manages this record.</p>
      <span className="ml-auto">{props.children}</span>
    </div>
  );
}

function Acts({ connection, filled, children }: Actions) {
  const [asking, setAsking] = useState<'disconnect' | 'delete' | null>(null);
  const reconnect = useReconnect();
  const sync = useSync();
  const reject = useReject();
  const disconnect = useDisconnect();
  const deletion = useDeleteFilled();
  const error = reconnect.error ?? sync.error ?? reject.error ?? disconnect.error ?? deletion.error;
  const { id } = connection;
  if (asking) {
    const deletes = asking === 'delete';
    const act = deletes ? deletion : disconnect;
    return (
      <InlineConfirm
        question={deletes ? deleteQuestion(connection) : disconnectQuestion(connection)}
        yes={deletes ? 'Delete them' : 'Disconnect'}
        no={deletes ? 'Keep them' : 'Stay connected'}
        busy={act.isPending}
        onYes={() => act.mutate(id, { onSettled: () => setAsking(null) })}
        onNo={() => setAsking(null)}
      />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
        <WayOn
          connection={connection}
          look={filled ? 'filled' : 'plain'}
          reconnect={reconnect}
          sync={sync}
        />
        {canCancel(connection) && (
          <Button look="quiet" busy={reject.isPending} onClick={() => reject.mutate(id)}>
            Cancel
          </Button>
        )}
        {canDisconnect(connection) && (
          <Button look="quiet" onClick={() => setAsking('disconnect')}>
            Disconnect
          </Button>
        )}
        {connection.state.kind === 'disconnected' && connection.records > 0 && (
          <Button look="quiet" onClick={() => setAsking('delete')}>
            Delete the records
          </Button>
        )}
        <span className="ml-auto">{children}</span>
      </div>
      {error && <Notice error={error} />}
    </div>
  );
}

function Stop({ id }: { id: string }) {
  const stop = useCancelSync();
  return (
    <>
      <Button look="text" busy={stop.isPending} onClick={() => stop.mutate(id)}>
        Stop this sync
      </Button>
      {stop.error && <Notice error={stop.error} />}
    </>
  );
}

// The one thing to do in this state.
function WayOn({
  connection,
  look,
  reconnect,
  sync,
}: {
  connection: Connection;
  look: 'filled' | 'plain';
  reconnect: ReturnType<typeof useReconnect>;
  sync: ReturnType<typeof useSync>;
}) {
  const { id, state } = connection;
  if (leadsNowhere(connection)) return null;
  if (state.kind === 'syncing' || state.kind === 'waiting') return <Stop id={id} />;
  if (state.kind === 'confirm') {
    return (
      <ButtonLink to="/connections/$connectionId/confirm" params={{ connectionId: id }} look={look}>
        Look and confirm
      </ButtonLink>
    );
  }
  if (state.kind === 'ready') {
    return (
      <>
        <Button look="text" busy={sync.isPending} onClick={() => sync.mutate(id)}>
          Ask now
        </Button>
        {signInByWords(connection, new Date()) && (
          <Button look="text" busy={reconnect.isPending} onClick={() => reconnect.mutate(id)}>
            Sign in now
          </Button>
        )}
      </>
    );
  }
  return (
    <Button look={look} busy={reconnect.isPending} onClick={() => reconnect.mutate(id)}>
      {signInWords[state.kind]}
    </Button>
  );
}

const signInWords = {
  authorising: 'Continue',
  'sign-in-again': 'Sign in',
  failed: 'Try again',
  disconnected: 'Connect again',
} as const;

function canCancel(connection: Connection): boolean {
  const { state, records } = connection;
  if (leadsNowhere(connection)) return false;
  return state.kind === 'authorising' || (state.kind === 'failed' && records === 0);
}

function canDisconnect(connection: Connection): boolean {
  const { state, records } = connection;
  if (leadsNowhere(connection)) return true;
  if (state.kind === 'failed') return records > 0;
  return ['ready', 'waiting', 'syncing', 'sign-in-again'].includes(state.kind);
}

function deleteQuestion({ clinicName, records }: Connection): string {
  return `The ${counted(records, 'record')} from ${apart(clinicName)} and the receipts go from this Chartfold for good. Backups made before still hold them.`;
}

function disconnectQuestion({ clinicName, records }: Connection): string {
  const keeps =
    records > 0
      ? ` The ${counted(records, 'record')} received so far ${records === 1 ? 'is' : 'are'} kept.`
      : '';
  return `Chartfold gives up its access to ${apart(clinicName)} and asks nothing more there.${keeps}`;
}

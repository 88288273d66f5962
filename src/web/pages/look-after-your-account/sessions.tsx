// Owns the list of browsers that are signed in to one's account, and ending them.

import type { AccountPage } from '../../../http/contract.ts';
import { Button } from '../../parts/button.tsx';
import { nearMoment } from '../../parts/dates.ts';
import { useNow } from '../../parts/use-now.ts';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { Row, Rows } from '../settings/section.tsx';
import { useEndSession } from './actions.ts';

type Session = AccountPage['sessions'][number];

const ways: { readonly [how in Session['how']]: string } = {
  link: 'with a link',
  password: 'with a password',
  passkey: 'with a passkey',
  'recovery-code': 'with a recovery code',
};

/** This browser first, then the last used. */
export function Sessions({
  sessions,
  mayHaveLink,
}: {
  sessions: Session[];
  /** A link that somebody made may still be open; it ends with the sessions. */
  mayHaveLink: boolean;
}) {
  const end = useEndSession();
  const now = useNow(60_000);
  const ordered = sessions.toSorted((a, b) => Number(b.current) - Number(a.current));
  return (
    <>
      <Rows label="Sessions and devices">
        {ordered.map((s) => (
          <Row
            key={s.id}
            title={
              <>
                {s.device}
                {s.current && <strong className="font-semibold">, this browser</strong>}
              </>
            }
            note={`${s.current ? '' : `Last seen ${nearMoment(s.lastSeenAt, now)}. `}Signed in ${ways[s.how]} ${nearMoment(s.createdAt, now)}, from ${s.address}`}
            action={
              !s.current && (
                <Button
                  look="quiet"
                  aria-label={`End the session of ${s.device}, ${s.address}`}
                  busy={end.isPending && end.variables === s.id}
                  onClick={() => end.mutate(s.id)}
                >
                  End
                </Button>
              )
            }
          />
        ))}
      </Rows>
      {(sessions.length > 1 || mayHaveLink) && (
        <Button
          className="mt-2"
          busy={end.isPending && end.variables === null}
          onClick={() => end.mutate(null)}
        >
          End all others
        </Button>
      )}
      <div className="mt-2">
        <ActTrouble error={end.error} again={() => end.mutate(end.variables ?? null)} />
      </div>
    </>
  );
}

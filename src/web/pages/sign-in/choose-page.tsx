// Owns the step after a sign-in by whoever has no way to come back yet: choosing one. It can be put off.

import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { hasPasskeys } from '../../app/passkeys.ts';
import { sessionQuery } from '../../app/queries.ts';
import { takeReturnPath } from '../../app/return-to.ts';
import { Button } from '../../parts/button.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { AddPasskey } from '../look-after-your-account/passkeys.tsx';
import { PasswordForm } from '../look-after-your-account/password-form.tsx';
import { Doorway } from './doorway.tsx';

/** `/sign-in/choose` */
export function ChoosePage() {
  usePageTitle('How to sign in');
  const session = useQuery(sessionQuery);
  const navigate = useNavigate();
  const [way, setWay] = useState<'passkey' | 'password' | null>(null);
  if (session.isPending) return null;
  if (!session.data?.signedIn) return <Navigate to="/sign-in" replace />;
  const goOn = () => void navigate({ to: takeReturnPath(), replace: true });
  return (
    <Doorway>
      <PageHeading>How will you sign in next time?</PageHeading>
      <p className="mt-2 mb-6 text-ink2">
        Welcome, {session.data.account.name}. What you came by works once. Choose now how you come
        back.
      </p>
      {way === null && (
        <div className="flex flex-col gap-3">
          {hasPasskeys() && (
            <Button
              look="filled"
              className="text-15 desk:min-h-11"
              onClick={() => setWay('passkey')}
            >
              Create a passkey
            </Button>
          )}
          <Button className="text-15 desk:min-h-11" onClick={() => setWay('password')}>
            Set a password
          </Button>
        </div>
      )}
      {way !== null && (
        <div className="flex flex-col gap-3">
          {way === 'passkey' ? <AddPasskey onDone={goOn} /> : <PasswordForm onDone={goOn} />}
          <Button look="quiet" className="self-start" onClick={() => setWay(null)}>
            Choose another way
          </Button>
        </div>
      )}
      <Button look="quiet" className="mt-6 self-start" onClick={goOn}>
        Later, in Settings
      </Button>
    </Doorway>
  );
}

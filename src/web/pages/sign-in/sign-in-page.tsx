// Owns the page where one signs in: by a link, by name and password or recovery code, by a passkey. Opening a link alone
// spends nothing, so a mail scanner or a preview cannot use it up.

import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../../app/api.ts';
import { sessionQuery } from '../../app/queries.ts';
import { takeReturnPath } from '../../app/return-to.ts';
import { type SignedIn, useSignIn } from '../../app/sign-in.ts';
import { forgetSecret, heldSecret, takeSecretFromAddress } from '../../app/sign-in-secret.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { FormError } from '../../parts/field.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { Doorway } from './doorway.tsx';
import { HowToGetALink, LinkSpent } from './links.tsx';
import { SignInForm } from './sign-in-form.tsx';

/** `/sign-in`, with or without a secret taken from after `#`. */
export function SignInPage() {
  usePageTitle('Sign in');
  const { secret, forget } = useSecret();
  const session = useQuery(sessionQuery);
  const enter = useEnter();
  if (secret) return <ByLink secret={secret} onSignedIn={enter} onOtherWay={forget} />;
  if (session.isPending) return null;
  if (session.data?.signedIn) return <Already name={session.data.account.name} />;
  return (
    <Doorway>
      <PageHeading>Sign in</PageHeading>
      <SignInForm onSignedIn={enter} />
      <details className="mt-8 border-t border-line pt-4">
        <summary className="text-13 text-ink2 hover:text-ink">
          You have no password and no passkey yet
        </summary>
        <HowToGetALink />
      </details>
    </Doorway>
  );
}

// Where one wanted to go; who has no way to come back yet is asked first how.
function useEnter(): (session: SignedIn) => void {
  const navigate = useNavigate();
  return (session) => {
    forgetSecret();
    const to = session.account.mustChooseSignIn ? '/sign-in/choose' : takeReturnPath();
    void navigate({ to, replace: true });
  };
}

function ByLink({
  secret,
  onSignedIn,
  onOtherWay,
}: {
  secret: string;
  onSignedIn: (session: SignedIn) => void;
  onOtherWay: () => void;
}) {
  const session = useQuery(sessionQuery);
  const signIn = useSignIn();
  const refused = signIn.error ? problemOf(signIn.error) : null;
  const isUnderWay = signIn.isPending || signIn.isSuccess;
  if (refused?.status === 401) return <LinkSpent onOtherWay={onOtherWay} />;
  return (
    <Doorway>
      <PageHeading>Sign in to Chartfold</PageHeading>
      <p className="mt-2 text-ink2">
        This link signs in this browser, once. The record stays on the machine that Chartfold runs
        on.
      </p>
      {session.data?.signedIn && (
        <p className="mt-3 [overflow-wrap:anywhere]">
          You are signed in here as {session.data.account.name} now. Signing in by this link ends
          that, and the link may be another account’s.
        </p>
      )}
      {refused && (
        <div className="mt-4">
          <FormError>{refused.title}</FormError>
        </div>
      )}
      <Button
        look="filled"
        busy={isUnderWay}
        onClick={() => signIn.mutate({ by: 'link', secret }, { onSuccess: onSignedIn })}
        className="mt-6 w-full text-15 desk:min-h-11"
      >
        {isUnderWay ? 'Signing in' : 'Sign in'}
      </Button>
    </Doorway>
  );
}

function Already({ name }: { name: string }) {
  return (
    <Doorway>
      <PageHeading>You are signed in</PageHeading>
      <p className="mt-2 mb-6 text-ink2">This browser is signed in already, as {name}.</p>
      <ButtonLink to="/" look="filled" className="text-15 desk:min-h-11">
        Open the record
      </ButtonLink>
    </Doorway>
  );
}

// A second link opened in the same tab changes only the hash and loads nothing anew.
function useSecret() {
  const hash = useLocation({ select: (l) => l.hash });
  const [secret, setSecret] = useState(heldSecret);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      if (hash === '') return;
    }
    takeSecretFromAddress();
    setSecret(heldSecret());
  }, [hash]);
  const forget = () => {
    forgetSecret();
    setSecret(null);
  };
  return { secret, forget };
}

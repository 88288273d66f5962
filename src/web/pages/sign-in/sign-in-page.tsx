// Owns the page that a sign-in link opens: one button that spends the link. Opening the link alone
// spends nothing, so a mail scanner or a preview cannot use it up.

import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import '../../mono.css';
import { useSignIn } from '../../app/actions.ts';
import { problemOf } from '../../app/api.ts';
import { sessionQuery } from '../../app/queries.ts';
import { takeReturnPath } from '../../app/return-to.ts';
import { forgetSecret, heldSecret, takeSecretFromAddress } from '../../app/sign-in-secret.ts';
import { Button, ButtonLink } from '../../parts/button.tsx';
import { Logo } from '../../parts/marks.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';

/** `/sign-in`, with or without a secret taken from after `#`. */
export function SignInPage() {
  const secret = useSecret();
  const session = useQuery(sessionQuery);
  const signIn = useSignIn();
  const navigate = useNavigate();
  const refused = signIn.error ? problemOf(signIn.error) : null;
  const isUnderWay = signIn.isPending || signIn.isSuccess;
  const spent = refused !== null && refused.status === 401;

  const go = () => {
    if (!secret) return;
    signIn.mutate(secret, {
      onSuccess: () => {
        forgetSecret();
        void navigate({ to: takeReturnPath(), replace: true });
      },
    });
  };

  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 py-12">
      <p className="mb-8 flex items-center gap-2 text-18 font-medium">
        <Logo />
        Chartfold
      </p>
      <PageHeading>{heading(Boolean(secret), spent)}</PageHeading>
      {secret && !spent ? (
        <>
          <p className="mt-2 text-ink2">
            This link signs in this browser, once. The record stays on the machine that Chartfold
            runs on.
          </p>
          {refused && (
            <p role="alert" className="mt-4 rounded-box bg-amber-tint px-4 py-3">
              {refused.title}
            </p>
          )}
          <Button
            look="filled"
            busy={isUnderWay}
            onClick={go}
            className="mt-6 text-15 desk:min-h-11"
          >
            {isUnderWay ? 'Signing in' : 'Sign in'}
          </Button>
        </>
      ) : session.data?.signedIn ? (
        <>
          <p className="mt-2 mb-6 text-ink2">You are signed in already in this browser.</p>
          <ButtonLink to="/" look="filled" className="text-15 desk:min-h-11">
            Open the record
          </ButtonLink>
        </>
      ) : (
        <HowToGetALink spent={spent} sentence={refused?.title ?? null} />
      )}
    </main>
  );
}

function heading(hasSecret: boolean, spent: boolean): string {
  if (spent) return 'This link does not work any more';
  return hasSecret ? 'Sign in to Chartfold' : 'Sign in with a link';
}

function HowToGetALink({ spent, sentence }: { spent: boolean; sentence: string | null }) {
  return (
    <>
      <p role={spent ? 'alert' : undefined} className="mt-2 text-ink2">
        {spent
          ? 'A link works once and for 15 minutes. This one was used, has run out or was not copied whole.'
          : 'Chartfold prints a sign-in link when it starts. Open that link in this browser.'}
      </p>
      <p className="mt-4 text-ink2">
        For a new link, type this on the machine that Chartfold runs on, in its folder:
      </p>
      <p className="mt-3 rounded-box border border-line2 bg-surface px-4 py-3 font-mono text-13">
        npx chartfold sign-in-link
      </p>
      {sentence && <p className="sr-only">{sentence}</p>}
    </>
  );
}

// A second link opened in the same tab changes only the hash and loads nothing anew.
function useSecret(): string | null {
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
  return secret;
}

// Owns what stands under an act that was refused: the sentence, or, where it takes a recent sign-in, the form for that;
// then the act goes on.

import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { problemOf } from '../../app/api.ts';
import { hasPasskeys } from '../../app/passkeys.ts';
import { sessionQuery } from '../../app/queries.ts';
import type { SignedIn } from '../../app/sign-in.ts';
import { FormError } from '../../parts/field.tsx';
import { sentenceCase } from '../../parts/words.ts';
import { HowToGetALink } from '../sign-in/links.tsx';
import { SignInForm } from '../sign-in/sign-in-form.tsx';

/** Nothing where there is no error. `again` repeats the act. Not to be put inside a form: it may be one. */
export function ActTrouble({ error, again }: { error: Error | null; again: () => void }) {
  if (!error) return null;
  const { code, title, detail } = problemOf(error);
  if (code === 'access.sign_in_recent_required') return <SignInAgain again={again} />;
  return (
    <FormError>
      {title}
      {detail && <span className="block text-13 text-ink2">{sentenceCase(detail)}</span>}
    </FormError>
  );
}

function SignInAgain({ again }: { again: () => void }) {
  const { data } = useQuery(sessionQuery);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  if (!data?.signedIn) return null;
  const { account } = data;
  const canSignIn =
    account.hasPassword || account.recoveryCodes > 0 || (account.passkeys > 0 && hasPasskeys());
  const goOn = (session: SignedIn) => {
    // A passkey of somebody else's account: that is who is signed in now.
    if (session.account.id !== account.id) location.assign('/');
    else again();
  };
  return (
    <section
      aria-label="Sign in again"
      className="max-w-md rounded-box border border-line2 bg-surface px-5 py-4"
    >
      <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Is it you, {account.name}?
      </h3>
      <p className="mt-1 text-13 text-ink2">
        This takes a sign-in of the last 15 minutes.{' '}
        {canSignIn
          ? 'Sign in again, and it goes on.'
          : 'You have no password and no passkey yet, so that takes a new link. Set one of them right after it, and next time you sign in here.'}
      </p>
      {canSignIn ? (
        <SignInForm name={account.name} withPassword={account.hasPassword} onSignedIn={goOn} />
      ) : (
        <HowToGetALink />
      )}
    </section>
  );
}

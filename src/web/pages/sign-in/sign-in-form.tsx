// Owns the form that signs in without a link: name with password or recovery code, or a passkey. It serves the sign-in
// page, and whoever must show again who they are.

import { Fingerprint } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Problem } from '../../../http/contract.ts';
import { problemOf } from '../../app/api.ts';
import { hasPasskeys } from '../../app/passkeys.ts';
import { type SignedIn, type SignInWay, useSignIn } from '../../app/sign-in.ts';
import { Button } from '../../parts/button.tsx';
import { Field, FormError } from '../../parts/field.tsx';
import { sentenceCase } from '../../parts/words.ts';

type Secret = 'password' | 'recovery-code';

/** The form. With `name` given it is that account's, and no name is asked for. */
export function SignInForm({
  name: known,
  withPassword = true,
  onSignedIn,
}: {
  name?: string;
  /** Whether the account has a password, where that is known. */
  withPassword?: boolean;
  onSignedIn: (session: SignedIn) => void;
}) {
  const signIn = useSignIn();
  const [by, setBy] = useState<Secret>('password');
  const isCode = by === 'recovery-code';
  const hasForm = withPassword || isCode;
  const isUnderWay = signIn.isPending || signIn.isSuccess;
  const go = (way: SignInWay) => {
    if (!isUnderWay) signIn.mutate(way, { onSuccess: onSignedIn });
  };
  const error = signIn.error && <Refused problem={problemOf(signIn.error)} />;
  return (
    <div className="mt-5 flex flex-col gap-4">
      {hasForm && (
        <SecretForm key={by} by={by} known={known} isUnderWay={isUnderWay} onGo={go}>
          {error}
        </SecretForm>
      )}
      {!hasForm && error}
      <div className="flex flex-col items-start gap-1">
        {hasPasskeys() && (
          <Button
            busy={isUnderWay}
            onClick={() => go({ by: 'passkey' })}
            className="w-full text-15 desk:min-h-11"
          >
            <Fingerprint size={18} strokeWidth={1.6} aria-hidden />
            Use a passkey
          </Button>
        )}
        <Button
          look="quiet"
          onClick={() => {
            setBy(isCode ? 'password' : 'recovery-code');
            signIn.reset();
          }}
        >
          {isCode ? backWords(withPassword) : 'Use a recovery code'}
        </Button>
      </div>
    </div>
  );
}

function Refused({ problem: { title, detail } }: { problem: Problem }) {
  return (
    <FormError>
      {title}
      {detail && <span className="block text-13 text-ink2">{sentenceCase(detail)}</span>}
    </FormError>
  );
}

function backWords(withPassword: boolean): string {
  return withPassword ? 'Use the password' : 'Use no recovery code';
}

function SecretForm({
  by,
  known,
  isUnderWay,
  onGo,
  children,
}: {
  by: Secret;
  known: string | undefined;
  isUnderWay: boolean;
  onGo: (way: SignInWay) => void;
  /** Between the fields and the button: what was wrong. */
  children: ReactNode;
}) {
  const [name, setName] = useState(known ?? '');
  const [secret, setSecret] = useState('');
  const isCode = by === 'recovery-code';
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        onGo(isCode ? { by, name, code: secret } : { by: 'password', name, password: secret });
      }}
      className="flex flex-col gap-4"
    >
      {known === undefined ? (
        <Field
          label="Name"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          value={name}
          onText={setName}
        />
      ) : (
        // A password manager looks for the name beside the password.
        <input type="hidden" name="username" autoComplete="username" value={known} />
      )}
      <Field
        label={isCode ? 'Recovery code' : 'Password'}
        type={isCode ? 'text' : 'password'}
        autoComplete={isCode ? 'off' : 'current-password'}
        hint={isCode ? 'Each code works once.' : undefined}
        required
        value={secret}
        onText={setSecret}
      />
      {children}
      <Button type="submit" look="filled" busy={isUnderWay} className="text-15 desk:min-h-11">
        {isUnderWay ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  );
}

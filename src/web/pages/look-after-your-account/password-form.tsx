// Owns the form for a new password.

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { sessionQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field, FormError } from '../../parts/field.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { useSetPassword } from './actions.ts';

/** Characters; the server asks for as many. */
const LEAST = 12;

/** The form. `children` stands beside its button. */
export function PasswordForm({ onDone, children }: { onDone: () => void; children?: ReactNode }) {
  const { data } = useQuery(sessionQuery);
  const [password, setPassword] = useState('');
  const [isShown, setShown] = useState(false);
  const [isShort, setShort] = useState(false);
  const set = useSetPassword();
  const go = () => set.mutate(password, { onSuccess: onDone });
  return (
    <>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          const tooShort = [...password].length < LEAST;
          setShort(tooShort);
          if (!tooShort) go();
        }}
        className="flex flex-col gap-3"
      >
        {data?.signedIn && (
          // A password manager looks for the name beside the password.
          <input type="hidden" name="username" autoComplete="username" value={data.account.name} />
        )}
        <Field
          label="New password"
          type={isShown ? 'text' : 'password'}
          autoCapitalize="none"
          spellCheck={false}
          autoComplete="new-password"
          autoFocus
          required
          maxLength={256}
          hint="12 characters or more: several words that do not belong together are good. You are signed out everywhere else."
          value={password}
          onText={setPassword}
        />
        <label className="flex min-h-11 cursor-pointer items-center gap-2.5 text-13 desk:min-h-8">
          <input
            type="checkbox"
            checked={isShown}
            onChange={() => setShown(!isShown)}
            className="size-4 accent-teal"
          />
          Show the password
        </label>
        {isShort && <FormError>This password is too short. It takes {LEAST} characters.</FormError>}
        <div className="flex gap-3">
          <Button type="submit" busy={set.isPending}>
            Save the password
          </Button>
          {children}
        </div>
      </form>
      <ActTrouble error={set.error} again={go} />
    </>
  );
}

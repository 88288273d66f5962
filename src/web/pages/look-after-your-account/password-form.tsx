// Owns the form for a new password.

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { sessionQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { useSetPassword } from './actions.ts';

/** The form. `children` stands beside its button. */
export function PasswordForm({ onDone, children }: { onDone: () => void; children?: ReactNode }) {
  const { data } = useQuery(sessionQuery);
  const [password, setPassword] = useState('');
  const set = useSetPassword();
  const go = () => set.mutate(password, { onSuccess: onDone });
  return (
    <>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
        className="flex flex-col gap-3"
      >
        {data?.signedIn && (
          // A password manager looks for the name beside the password.
          <input type="hidden" name="username" autoComplete="username" value={data.account.name} />
        )}
        <Field
          label="New password"
          type="password"
          autoComplete="new-password"
          autoFocus
          required
          minLength={12}
          maxLength={256}
          hint="12 characters or more: several words that do not belong together are good. You are signed out everywhere else."
          value={password}
          onText={setPassword}
        />
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

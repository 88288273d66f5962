// Owns the page of one's own account: name, ways to sign in, sessions and devices, appearance.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccountPage as Page } from '../../../http/contract.ts';
import { AppearanceSwitch } from '../../app/appearance-switch.tsx';
import { accountQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { nearMoment } from '../../parts/dates.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { Warning } from '../../parts/warning.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { Row, Rows, Section } from '../settings/section.tsx';
import { useRename } from './actions.ts';
import { Passkeys } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Sessions } from './sessions.tsx';

/** `/settings` */
export function AccountPage() {
  usePageTitle('Settings');
  const { data, error, refetch } = useQuery(accountQuery);
  if (error && !data) return <Notice error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton label="Loading your account" />;
  return <Account page={data} />;
}

function Account({ page: { account, passkeys, sessions, newLink } }: { page: Page }) {
  const hasNone = !account.hasPassword && passkeys.length === 0;
  return (
    <>
      {hasNone && (
        <div className="mb-8">
          <Warning>
            You have no password and no passkey yet. Once this browser is signed out, only a new
            link from whoever runs this Chartfold signs you in.
          </Warning>
        </div>
      )}
      {newLink && (
        <div className="mb-8">
          <Warning>
            {newLink.by ?? 'Whoever runs this Chartfold'} made a new sign-in link for you{' '}
            {nearMoment(newLink.at)}. Whoever opened it was signed in as you. If you did not ask for
            it, end all other sessions below: that ends the link too.
          </Warning>
        </div>
      )}
      <Section title="Your account" intro="The name you sign in with, and that others here see.">
        <Rows label="Your account">
          <NameRow name={account.name} />
        </Rows>
      </Section>
      <Section
        title="Signing in"
        intro="A passkey is the safest: nothing to remember, and nothing that can be stolen from here."
      >
        <Rows label="Ways to sign in">
          <PasswordRow hasPassword={account.hasPassword} />
          <Passkeys passkeys={passkeys} isOnlyWay={!account.hasPassword && passkeys.length === 1} />
          <RecoveryCodes left={account.recoveryCodes} />
        </Rows>
      </Section>
      <Section
        title="Sessions and devices"
        intro="Where you are signed in. A browser stays so for 30 days after its last use."
      >
        <Sessions sessions={sessions} mayHaveLink={newLink !== null} />
      </Section>
      <Section title="Appearance" intro="Kept in this browser.">
        <div className="w-60">
          <AppearanceSwitch />
        </div>
      </Section>
    </>
  );
}

function NameRow({ name }: { name: string }) {
  const [typed, setTyped] = useState<string | null>(null);
  const rename = useRename();
  const go = () => rename.mutate(typed ?? '', { onSuccess: () => setTyped(null) });
  return (
    <Row
      title={name}
      action={
        typed === null && (
          <Button look="text" onClick={() => setTyped(name)}>
            Change the name
          </Button>
        )
      }
    >
      {typed !== null && (
        <>
          <form
            onSubmit={(e) => {
              e.preventDefault();
              go();
            }}
            className="flex flex-wrap items-end gap-3"
          >
            <Field
              label="New name"
              autoComplete="username"
              autoFocus
              required
              maxLength={100}
              value={typed}
              onText={setTyped}
              className="min-w-48 flex-1"
            />
            <Button type="submit" busy={rename.isPending}>
              Save
            </Button>
            <Button look="quiet" onClick={() => setTyped(null)}>
              Cancel
            </Button>
          </form>
          <ActTrouble error={rename.error} again={go} />
        </>
      )}
    </Row>
  );
}

function PasswordRow({ hasPassword }: { hasPassword: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Row
      title="Password"
      note={hasPassword ? 'Set' : 'None'}
      action={
        !isOpen && (
          <Button look="text" onClick={() => setOpen(true)}>
            {hasPassword ? 'Change the password' : 'Set a password'}
          </Button>
        )
      }
    >
      {isOpen && (
        <PasswordForm onDone={() => setOpen(false)}>
          <Button look="quiet" onClick={() => setOpen(false)}>
            Cancel
          </Button>
        </PasswordForm>
      )}
    </Row>
  );
}

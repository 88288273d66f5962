// Owns the form that invites somebody.

import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { useInvite } from './actions.ts';
import { LinkOnce } from './link-once.tsx';

/** Name, and whether they are an owner; then the link. */
export function Invite() {
  const invite = useInvite();
  if (!invite.data) return <InviteForm invite={invite} />;
  const { account, link } = invite.data;
  return <LinkOnce name={account.name} link={link} onDone={() => invite.reset()} />;
}

function InviteForm({ invite }: { invite: ReturnType<typeof useInvite> }) {
  const [name, setName] = useState('');
  const [isOwner, setOwner] = useState(false);
  const go = () => invite.mutate({ name, roles: isOwner ? ['owner'] : [] });
  return (
    <div className="flex max-w-xl flex-col gap-3">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
        className="flex flex-col gap-3"
      >
        <Field
          label="Name"
          hint="They sign in with it, and others here see it."
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onText={setName}
        />
        <label className="flex min-h-11 cursor-pointer items-start gap-2.5 py-2 desk:min-h-8 desk:py-1">
          <input
            type="checkbox"
            checked={isOwner}
            onChange={() => setOwner(!isOwner)}
            className="mt-1 size-4 shrink-0 accent-teal"
          />
          Is an owner too: invites others, looks after backups and keys
        </label>
        <Button type="submit" busy={invite.isPending} className="self-start">
          <UserPlus size={16} strokeWidth={1.6} aria-hidden />
          Make the invitation
        </Button>
      </form>
      <ActTrouble error={invite.error} again={go} />
    </div>
  );
}

// Owns the passkeys of one's account: listed, added, removed.

import { type ReactNode, useState } from 'react';
import type { AccountPage } from '../../../http/contract.ts';
import { hasPasskeys } from '../../app/passkeys.ts';
import { Button } from '../../parts/button.tsx';
import { nearMoment } from '../../parts/dates.ts';
import { Field } from '../../parts/field.tsx';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { Row } from '../settings/section.tsx';
import { useAddPasskey, useRemovePasskey } from './actions.ts';

type Passkey = AccountPage['passkeys'][number];

/** A row for the adding, and one for each. */
export function Passkeys({ passkeys, isOnlyWay }: { passkeys: Passkey[]; isOnlyWay: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const can = hasPasskeys();
  return (
    <>
      <Row
        title="Passkeys"
        note={
          can
            ? passkeys.length === 0 && 'None'
            : 'They need https, or a browser on the machine that Chartfold runs on.'
        }
        action={
          can &&
          !isOpen && (
            <Button look="text" onClick={() => setOpen(true)}>
              Add a passkey
            </Button>
          )
        }
      >
        {isOpen && (
          <AddPasskey onDone={() => setOpen(false)}>
            <Button look="quiet" onClick={() => setOpen(false)}>
              Cancel
            </Button>
          </AddPasskey>
        )}
      </Row>
      {passkeys.map((one) => (
        <OnePasskey key={one.id} passkey={one} isOnlyWay={isOnlyWay} />
      ))}
    </>
  );
}

/** Asks for a name, then for the passkey. `children` stands beside its button. */
export function AddPasskey({ onDone, children }: { onDone: () => void; children?: ReactNode }) {
  const [label, setLabel] = useState('');
  const add = useAddPasskey();
  const go = () => add.mutate(label, { onSuccess: onDone });
  return (
    <>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
        className="flex flex-col gap-3"
      >
        <Field
          label="What to call it"
          hint="Such as the device it is on: “my phone”, “the key on my ring”."
          autoComplete="off"
          autoFocus
          maxLength={60}
          value={label}
          onText={setLabel}
        />
        <div className="flex gap-3">
          <Button type="submit" busy={add.isPending}>
            {add.isPending ? 'The browser asks you' : 'Create the passkey'}
          </Button>
          {children}
        </div>
      </form>
      <ActTrouble error={add.error} again={go} />
    </>
  );
}

function OnePasskey({ passkey: p, isOnlyWay }: { passkey: Passkey; isOnlyWay: boolean }) {
  const [isAsking, setAsking] = useState(false);
  const remove = useRemovePasskey();
  const go = () => remove.mutate(p.id);
  const used = p.lastUsedAt ? `last used ${nearMoment(p.lastUsedAt)}` : 'not used yet';
  return (
    <Row
      title={p.label}
      note={`Added ${nearMoment(p.createdAt)}, ${used}`}
      action={
        !isAsking && (
          <Button look="quiet" aria-label={`Remove ${p.label}`} onClick={() => setAsking(true)}>
            Remove
          </Button>
        )
      }
    >
      {isAsking && (
        <>
          <InlineConfirm
            question={
              isOnlyWay
                ? 'It is your only way to sign in. Without it you need a new link from whoever runs this Chartfold.'
                : 'It signs in here no more. The device may go on listing it until you remove it there too.'
            }
            yes="Remove the passkey"
            no="Keep it"
            busy={remove.isPending}
            onYes={go}
            onNo={() => setAsking(false)}
          />
          <ActTrouble error={remove.error} again={go} />
        </>
      )}
    </Row>
  );
}

// Owns the form that lets another account see a record: who, how far, which kinds, until when.

import { Link } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';
import { useId, useState } from 'react';
import type { Person, Rights, SightKind } from '../../../http/contract.ts';
import { Button } from '../../parts/button.tsx';
import { dayOf, endOfDay } from '../../parts/dates.ts';
import { Choice, Field, fieldLook } from '../../parts/field.tsx';
import { sentenceCase } from '../../parts/words.ts';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { type NewRight, useGiveRight } from './actions.ts';
import { sightKinds, sightWord } from '../../parts/right-words.ts';

/** The button that opens the form; in its place, where there is nobody else here, how somebody comes in. */
export function GiveRight({
  person,
  accounts,
  canInvite,
}: {
  person: Person;
  accounts: Rights['accounts'];
  canInvite: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  if (accounts.length === 0) {
    return (
      <p className="mt-2 text-13 text-ink2">
        Nobody else can sign in here yet.{' '}
        {canInvite ? (
          <Link to="/settings/accounts" className="text-teal underline-offset-4 hover:underline">
            Invite somebody
          </Link>
        ) : (
          'The owner of this Chartfold can invite somebody.'
        )}
      </p>
    );
  }
  if (!isOpen) {
    return (
      <Button
        className="mt-2"
        aria-label={`Show it to somebody: the record of ${person.name}`}
        onClick={() => setOpen(true)}
      >
        <UserPlus size={16} strokeWidth={1.6} aria-hidden />
        Show it to somebody
      </Button>
    );
  }
  return <RightForm person={person} accounts={accounts} onClose={() => setOpen(false)} />;
}

type Draft = {
  accountId: string;
  level: NewRight['level'];
  /** Empty: everything. */
  kinds: SightKind[];
  isLimited: boolean;
  /** A calendar day, or empty for no end. */
  lastDay: string;
};

function RightForm({
  person,
  accounts,
  onClose,
}: {
  person: Person;
  accounts: Rights['accounts'];
  onClose: () => void;
}) {
  const [draft, setDraft] = useState<Draft>({
    // Nobody is shown a record because they come first in a list.
    accountId: '',
    level: 'read',
    kinds: [],
    isLimited: false,
    lastDay: '',
  });
  const change = (next: Partial<Draft>) => setDraft({ ...draft, ...next });
  const give = useGiveRight(person.id);
  const limited = isLimited(draft);
  const go = () =>
    give.mutate(
      {
        accountId: draft.accountId,
        level: draft.level,
        kinds: limited ? draft.kinds : null,
        expiresAt: draft.lastDay === '' ? null : endOfDay(draft.lastDay),
      },
      { onSuccess: onClose },
    );
  return (
    <div className="mt-2 flex max-w-xl flex-col gap-4 rounded-box border border-line2 bg-surface px-5 py-4">
      <form
        aria-label={`Show the record of ${person.name}`}
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
        className="flex flex-col gap-4"
      >
        <Fields draft={draft} accounts={accounts} onChange={change} />
        <div className="flex gap-3">
          <Button
            type="submit"
            busy={give.isPending}
            disabled={draft.accountId === '' || (limited && draft.kinds.length === 0)}
          >
            Show it
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
      <ActTrouble error={give.error} again={go} />
    </div>
  );
}

function Fields({
  draft,
  accounts,
  onChange: change,
}: {
  draft: Draft;
  accounts: Rights['accounts'];
  onChange: (next: Partial<Draft>) => void;
}) {
  return (
    <>
      <Who
        accounts={accounts}
        chosen={draft.accountId}
        onChoose={(accountId) => change({ accountId })}
      />
      <HowFar draft={draft} onChange={change} />
      {isLimited(draft) && <Kinds chosen={draft.kinds} onChoose={(kinds) => change({ kinds })} />}
      <Field
        label="Until the end of"
        type="date"
        min={dayOf(new Date())}
        hint="Left empty, it lasts until you take it back."
        value={draft.lastDay}
        onText={(lastDay) => change({ lastDay })}
        className="max-w-72"
      />
    </>
  );
}

/** Some kinds only; whoever manages a record sees it all. */
function isLimited({ level, isLimited: some }: Draft): boolean {
  return level === 'read' && some;
}

function Who({
  accounts,
  chosen,
  onChoose,
}: {
  accounts: Rights['accounts'];
  chosen: string;
  onChoose: (id: string) => void;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-13 font-medium">
        To
      </label>
      <select
        id={id}
        value={chosen}
        onChange={(e) => onChoose(e.target.value)}
        required
        className={fieldLook}
      >
        <option value="" disabled>
          Choose somebody
        </option>
        {accounts.map((a) => (
          <option key={a.id} value={a.id}>
            {a.name}
          </option>
        ))}
      </select>
    </div>
  );
}

function HowFar({ draft, onChange }: { draft: Draft; onChange: (next: Partial<Draft>) => void }) {
  const name = useId();
  const choice = (label: string, note: string, chosen: boolean, next: Partial<Draft>) => (
    <Choice type="radio" name={name} checked={chosen} onChange={() => onChange(next)}>
      {label}
      <span className="block text-13 text-ink2">{note}</span>
    </Choice>
  );
  const reads = draft.level === 'read';
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-13 font-medium">They may</legend>
      {choice('Read everything', 'Also its connections and receipts.', reads && !draft.isLimited, {
        level: 'read',
        isLimited: false,
      })}
      {choice(
        'Read some kinds',
        'Only what you tick, and no connections.',
        reads && draft.isLimited,
        {
          level: 'read',
          isLimited: true,
        },
      )}
      {choice('Manage it', 'As you do: connect portals, and decide who sees it.', !reads, {
        level: 'manage',
      })}
    </fieldset>
  );
}

function Kinds({
  chosen,
  onChoose,
}: {
  chosen: SightKind[];
  onChoose: (kinds: SightKind[]) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-13 font-medium">Which kinds</legend>
      <div className="grid grid-cols-2 gap-x-4 desk:grid-cols-3">
        {sightKinds.map((kind) => (
          <Choice
            key={kind}
            type="checkbox"
            checked={chosen.includes(kind)}
            onChange={() =>
              onChoose(
                chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind],
              )
            }
          >
            {sentenceCase(sightWord(kind))}
          </Choice>
        ))}
      </div>
    </fieldset>
  );
}

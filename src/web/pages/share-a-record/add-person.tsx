// Owns adding a person whose record is begun here.

import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { useAddPerson } from './actions.ts';

/** The button, and the form it opens. */
export function AddPerson() {
  const [isOpen, setOpen] = useState(false);
  if (isOpen) return <PersonForm onClose={() => setOpen(false)} />;
  return (
    <Button onClick={() => setOpen(true)}>
      <Plus size={16} strokeWidth={1.6} aria-hidden />
      Add a person
    </Button>
  );
}

function PersonForm({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [birthDate, setBirthDate] = useState('');
  const add = useAddPerson();
  const go = () =>
    add.mutate({ name, birthDate: birthDate === '' ? null : birthDate }, { onSuccess: onClose });
  return (
    <div className="flex max-w-xl flex-col gap-3">
      <form
        onSubmit={(e) => {
          e.preventDefault();
          go();
        }}
        className="flex flex-col gap-3"
      >
        <div className="flex flex-wrap gap-3">
          <Field
            label="Name"
            autoComplete="off"
            autoFocus
            required
            maxLength={200}
            value={name}
            onText={setName}
            className="min-w-56 flex-1"
          />
          <Field
            label="Birth date, if you like"
            type="date"
            value={birthDate}
            onText={setBirthDate}
            className="w-44"
          />
        </div>
        <div className="flex gap-3">
          <Button type="submit" busy={add.isPending}>
            Add
          </Button>
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
      <ActTrouble error={add.error} again={go} />
    </div>
  );
}

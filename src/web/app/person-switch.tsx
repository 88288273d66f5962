// Owns the switch between the people whose records are here.

import { useNavigate, useParams, useRouterState } from '@tanstack/react-router';
import { ChevronsUpDown } from 'lucide-react';
import { Button as AriaButton, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { Person } from '../../http/contract.ts';
import { Disc, PersonFace } from '../parts/person-face.tsx';
import { keepPerson } from './person.ts';

/** A button with the person's face that opens the list of people. */
export function PersonSwitch({
  people,
  person,
  short,
}: {
  people: Person[];
  person: Person;
  short?: boolean;
}) {
  const choose = useChoosePerson();
  return (
    <MenuTrigger>
      <AriaButton className="-ml-2 flex min-w-0 items-center desk:mb-2 desk:ml-0 gap-2.5 rounded-item px-2 py-1.5 text-left hover:bg-sunk data-focus-visible:outline-2 data-focus-visible:outline-teal">
        {short ? (
          <>
            <Disc name={person.name} />
            <span className="truncate font-medium">{person.name}</span>
          </>
        ) : (
          <PersonFace person={person} />
        )}
        <span className="sr-only">Choose whose record is shown</span>
        <ChevronsUpDown size={16} strokeWidth={1.6} className="shrink-0 text-ink3" aria-hidden />
      </AriaButton>
      <Popover
        className="min-w-52 rounded-box border border-line2 bg-surface shadow-lift"
        placement="bottom start"
      >
        <Menu
          aria-label="People"
          selectionMode="single"
          selectedKeys={[person.id]}
          onAction={(id) => choose(String(id))}
          className="max-h-96 overflow-auto p-1 outline-none"
        >
          {people.map((p) => (
            <MenuItem
              key={p.id}
              id={p.id}
              textValue={p.name}
              className="flex min-h-11 cursor-pointer items-center gap-2.5 rounded-item px-2 py-1.5 outline-none data-focused:bg-sunk data-selected:font-medium"
            >
              <PersonFace person={p} />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

// On a page of one person's chart the same page of the other's opens; elsewhere only the rail turns.
function useChoosePerson(): (personId: string) => void {
  const navigate = useNavigate();
  const { personId: shown } = useParams({ strict: false });
  const onResults = useRouterState({ select: (s) => s.location.pathname.endsWith('/results') });
  return (personId) => {
    keepPerson(personId);
    const to = shown && onResults ? '/people/$personId/results' : '/people/$personId/timeline';
    void navigate({ to, params: { personId } });
  };
}

// Owns a chip that opens a list to choose several from.

import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import {
  Button as AriaButton,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection,
} from 'react-aria-components';
import { chipLook } from './chip.tsx';

/** A choice in the list. */
type MenuChoice = { id: string; name: string; count?: number; mark?: ReactNode };

/** The chip says what is chosen; nothing chosen means all. */
export function MenuChip({
  name,
  choices,
  chosen,
  onChoose,
  single = false,
}: {
  name: string;
  choices: MenuChoice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
  single?: boolean;
}) {
  const names = choices.filter((c) => chosen.includes(c.id)).map((c) => c.name);
  return (
    <MenuTrigger>
      <AriaButton
        className={`${chipLook} data-focus-visible:outline-2 data-focus-visible:outline-offset-2 data-focus-visible:outline-teal ${names.length > 0 ? 'border-ink bg-ink text-paper hover:bg-ink' : ''}`}
      >
        {names.length === 0 ? name : names.length === 1 ? names[0] : `${name}: ${names.length}`}
        <ChevronDown size={14} strokeWidth={1.6} aria-hidden />
      </AriaButton>
      <Popover
        placement="bottom start"
        className="min-w-52 rounded-box border border-line2 bg-surface shadow-lift"
      >
        <Menu
          aria-label={name}
          selectionMode={single ? 'single' : 'multiple'}
          selectedKeys={[...chosen]}
          onSelectionChange={(keys: Selection) =>
            onChoose(keys === 'all' ? choices.map((c) => c.id) : [...keys].map(String))
          }
          className="max-h-[60dvh] overflow-auto p-1 outline-none"
        >
          {choices.map((c) => (
            <Choice key={c.id} choice={c} />
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

function Choice({ choice: c }: { choice: MenuChoice }) {
  return (
    <MenuItem
      id={c.id}
      textValue={c.name}
      className="flex min-h-11 cursor-pointer items-center gap-2.5 rounded-item px-2 text-13 outline-none data-focused:bg-sunk desk:min-h-8"
    >
      {({ isSelected }) => (
        <>
          <Check
            size={14}
            strokeWidth={2}
            aria-hidden
            className={`shrink-0 ${isSelected ? '' : 'opacity-0'}`}
          />
          {c.mark}
          <span className="flex-1">{c.name}</span>
          {c.count !== undefined && (
            <span className="text-ink2">{c.count.toLocaleString('en-US')}</span>
          )}
        </>
      )}
    </MenuItem>
  );
}

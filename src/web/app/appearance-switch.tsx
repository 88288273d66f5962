// Owns the control that chooses light, dark or the system's own.

import { Monitor, Moon, Sun } from 'lucide-react';
import { useId, useState } from 'react';
import { type Appearance, chooseAppearance, readAppearance } from './appearance.ts';

const choices = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const satisfies readonly { value: Appearance; label: string; icon: typeof Sun }[];

/** Three radio buttons in a row. */
export function AppearanceSwitch() {
  const [chosen, setChosen] = useState(readAppearance);
  const name = useId();
  return (
    <fieldset className="flex rounded-box border border-line2 bg-surface">
      <legend className="sr-only">Appearance</legend>
      {choices.map(({ value, label, icon: Icon }) => (
        <label
          key={value}
          title={label}
          className="flex h-11 flex-1 cursor-pointer items-center justify-center rounded-[7px] text-ink2 has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-teal desk:h-7"
        >
          <input
            type="radio"
            name={name}
            value={value}
            checked={chosen === value}
            onChange={() => {
              setChosen(value);
              chooseAppearance(value);
            }}
            className="sr-only"
          />
          <Icon size={16} strokeWidth={1.6} aria-hidden />
          <span className="sr-only">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

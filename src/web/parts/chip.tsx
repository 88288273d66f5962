// Owns the chips of a filter row: pressed is ink on paper inverted, so that teal keeps meaning "do".

import type { ReactNode } from 'react';

/** The classes of a chip, for elements that must be something else. */
export const chipLook =
  'inline-flex min-h-11 shrink-0 items-center gap-2 rounded-full border border-line2 px-4 text-13 font-medium whitespace-nowrap text-ink transition-colors hover:bg-sunk desk:min-h-8 desk:px-3 aria-pressed:border-ink aria-pressed:bg-ink aria-pressed:text-paper';

/** A chip that is on or off. */
export function Chip({
  pressed,
  onPress,
  children,
}: {
  pressed: boolean;
  onPress: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className={`group/chip ${chipLook}`}
    >
      {children}
    </button>
  );
}

/** The number in a chip. */
export function ChipCount({ n }: { n: number }) {
  return (
    <span className="font-normal text-ink2 group-aria-pressed/chip:text-paper">
      {n.toLocaleString('en-US')}
    </span>
  );
}

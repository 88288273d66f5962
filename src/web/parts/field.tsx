// Owns the fields of a form: a label over one line to type in, and the sentence that says what is wrong.

import { type ComponentProps, type ReactNode, useId } from 'react';

/** The classes of a field, for elements that must be something else. */
export const fieldLook =
  'h-11 w-full min-w-0 rounded-box border border-edge bg-surface px-3 text-15 focus-visible:border-teal focus-visible:ring-4 focus-visible:ring-teal-tint focus-visible:outline-none desk:h-9';

/** A labelled field. `hint` stands under it and is read with it. */
export function Field({
  label,
  hint,
  onText,
  className = '',
  ...rest
}: Omit<ComponentProps<'input'>, 'onChange'> & {
  label: string;
  hint?: ReactNode;
  onText: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-13 font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(e) => onText(e.target.value)}
        className={fieldLook}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-13 text-ink2">
          {hint}
        </p>
      )}
    </div>
  );
}

/** One sentence, said as soon as it stands there. */
export function FormError({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-box bg-amber-tint px-4 py-2.5">
      {children}
    </p>
  );
}

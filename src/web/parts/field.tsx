// Owns the fields of a form: a label over one line to type in, a choice with its words, and the sentence that says what
// is wrong.

import { type ComponentProps, type ReactNode, useId } from 'react';

/** The classes of a field, for elements that must be something else. */
export const fieldLook =
  'h-11 w-full min-w-0 rounded-box border border-edge bg-surface px-3 text-15 focus-visible:border-teal focus-visible:ring-4 focus-visible:ring-teal-tint focus-visible:outline-none desk:h-9';

/** A labelled field. `hint` stands under it and is read with it; `error` stands in its place, and is said at once. */
export function Field({
  label,
  hint,
  error,
  onText,
  className = '',
  ...rest
}: Omit<ComponentProps<'input'>, 'onChange'> & {
  label: string;
  hint?: ReactNode;
  error?: ReactNode;
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
        aria-describedby={hint || error ? `${id}-hint` : undefined}
        aria-invalid={error ? true : undefined}
        onChange={(e) => onText(e.target.value)}
        className={fieldLook}
      />
      {error && (
        <p id={`${id}-hint`} role="alert" className="mt-1 text-13 text-red">
          {error}
        </p>
      )}
      {hint && !error && (
        <p id={`${id}-hint`} className="mt-1 text-13 text-ink2">
          {hint}
        </p>
      )}
    </div>
  );
}

/** A box or a circle to tick, the words beside it part of it. */
export function Choice({
  children,
  ...input
}: {
  type: 'radio' | 'checkbox';
  name?: string;
  checked: boolean;
  onChange: () => void;
  children: ReactNode;
}) {
  return (
    <label className="flex min-h-11 cursor-pointer items-start gap-2.5 py-2 desk:min-h-8 desk:py-1">
      <input {...input} className="mt-1 size-4 shrink-0 accent-teal" />
      <span>{children}</span>
    </label>
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

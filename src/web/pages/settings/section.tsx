// Owns the form of the settings: sections with their title at the side, and rows between hairlines.

import { type ReactNode, useId } from 'react';

/** A section: title and sentence at the left, what can be done at the right; one under the other on a small screen. */
export function Section({
  title,
  intro,
  children,
}: {
  title: ReactNode;
  intro?: ReactNode;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="section-head mb-8 grid gap-x-10 gap-y-3 first-of-type:border-t-0 first-of-type:pt-0 wide:grid-cols-[17rem_minmax(0,1fr)]"
    >
      <div>
        <h2 id={id} className="text-18 font-semibold [overflow-wrap:anywhere]">
          {title}
        </h2>
        {intro && <div className="mt-1 text-13 text-ink2">{intro}</div>}
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}

/** A list of rows. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return <ul aria-label={label}>{children}</ul>;
}

/** What it is, small print under it, and what can be done at the end. `children` opens under the row. */
export function Row({
  title,
  note,
  action,
  children,
}: {
  title: ReactNode;
  note?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <li className="border-b border-line py-2.5 first:pt-0 last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
        <div className="min-w-0 flex-1 basis-56">
          <p className="[overflow-wrap:anywhere]">{title}</p>
          {note && <p className="text-13 text-ink2 [overflow-wrap:anywhere]">{note}</p>}
        </div>
        {action && <div className="flex gap-4">{action}</div>}
      </div>
      {children && <div className="mt-3 flex max-w-xl flex-col gap-3 empty:hidden">{children}</div>}
    </li>
  );
}

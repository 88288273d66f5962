// Owns the frame of the pages before the record: the name of the program, and one narrow column.

import type { ReactNode } from 'react';
import { Logo } from '../../parts/marks.tsx';

/** The column. */
export function Doorway({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center px-6 py-12">
      <p className="mb-8 flex items-center gap-2 text-18 font-medium">
        <Logo />
        Chartfold
      </p>
      {children}
      {!isSecureContext && (
        <p className="mt-8 text-13 text-ink2">
          This address is plain http: who is on this network could read along, what you type here
          included.
        </p>
      )}
    </main>
  );
}

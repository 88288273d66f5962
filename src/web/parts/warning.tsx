// Owns what a person should know before going on, where nothing has failed.

import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

/** A sentence on amber, with its sign. */
export function Warning({ children }: { children: ReactNode }) {
  return (
    <p className="flex gap-3 rounded-box bg-amber-tint px-4 py-3 text-15">
      <TriangleAlert
        size={18}
        strokeWidth={1.6}
        className="mt-0.5 shrink-0 text-amber"
        aria-hidden
      />
      <span className="min-w-0">{children}</span>
    </p>
  );
}

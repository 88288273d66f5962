// Owns the question whether the screen is wide enough for the rail (`desk`) or a sheet beside the
// page (`wide`); the widths are those of styles.css.

import { useSyncExternalStore } from 'react';

/** Whether rail and page stand side by side. */
export function useIsDesk(): boolean {
  return useMedia('(width >= 56rem)');
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

// Owns the title of the browser's tab.

import { useEffect } from 'react';

/** Names the tab. Never a person's or a result's name: tab titles reach histories and task bars. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title === 'Chartfold' ? title : `${title} · Chartfold`;
  }, [title]);
}

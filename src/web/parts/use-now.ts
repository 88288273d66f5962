// Owns the clock of a page: words such as "48 seconds ago" stay true while they are looked at.

import { useEffect, useState } from 'react';

/** The time now, renewed every `everyMs`; null stops the clock. */
export function useNow(everyMs: number | null): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setNow(new Date()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

// Owns what the page asks the directory for as one types, and which of the answers is highlighted. The answer to what is
// typed now is the one that counts; until it is there the one before stays, and Enter waits.

import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { Clinic } from '../../../http/contract.ts';
import { clinicSearchQuery } from '../../app/queries.ts';
import { clinicKey } from './clinic-search.ts';

const DEBOUNCE_MS = 120;

export type ClinicSearch = ReturnType<typeof useClinicSearch>;

/** The search; `#sample` in the address leaves the simulated clinics alone. */
export function useClinicSearch() {
  const sampleOnly = useLocation({ select: (l) => l.hash === 'sample' });
  const [typed, setTyped] = useState('');
  const asked = useSettled(typed.trim(), DEBOUNCE_MS);
  const answer = useQuery(clinicSearchQuery(asked));
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const { data } = answer;
  const found = useMemo(
    () => [...(data?.clinics ?? [])].filter((c) => !sampleOnly || c.sample),
    [data, sampleOnly],
  );
  // Whoever does not find their clinic goes to its portal as a whole.
  const options = useMemo(
    () => [...found, ...(sampleOnly ? [] : (data?.portals ?? []))],
    [found, data, sampleOnly],
  );
  const isCurrent = asked === typed.trim() && !answer.isPlaceholderData && data !== undefined;
  const active = options.find((c) => clinicKey(c) === activeKey) ?? options[0] ?? null;
  return {
    answer,
    typed,
    /** What the answer shown is to. */
    asked,
    sampleOnly,
    found,
    /** Clinics found, then the portals as a whole. */
    options,
    total: sampleOnly ? found.length : (data?.total ?? 0),
    isMore: data?.isMore ?? false,
    isCurrent,
    active,
    type: (text: string) => {
      setTyped(text);
      setActiveKey(null);
    },
    moveTo: (c: Clinic) => setActiveKey(clinicKey(c)),
  };
}

function useSettled(value: string, ms: number): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

// Owns the permissions of a receipt: what was asked for, what was granted, what is missing.

import { Check, ChevronRight, Minus, Plus } from 'lucide-react';
import type { Receipt } from '../../../http/contract.ts';
import { counted } from '../../parts/words.ts';

/** A fold with both lists; closed it says how many are missing. */
export function Permissions({ receipt: r }: { receipt: Receipt }) {
  const missing = r.scopesAsked.filter((scope) => !r.scopesGranted.includes(scope));
  const more = r.scopesGranted.filter((scope) => !r.scopesAsked.includes(scope));
  return (
    <details className="group mt-8 border-t-[1.5px] border-rule">
      <summary className="flex min-h-11 list-none items-center gap-2 py-2">
        <ChevronRight
          size={16}
          strokeWidth={1.6}
          aria-hidden
          className="shrink-0 transition-transform group-open:rotate-90"
        />
        <h2 className="font-semibold">Permissions</h2>
        <span className="text-13 text-ink2">
          {r.scopesAsked.length} asked,{' '}
          {missing.length === 0
            ? 'all granted'
            : counted(missing.length, 'not granted', 'not granted')}
        </span>
      </summary>
      <ul className="border-t border-line pt-2 font-mono text-13 desk:columns-2">
        {r.scopesAsked.map((scope) => {
          const granted = r.scopesGranted.includes(scope);
          return (
            <li
              key={scope}
              className={`flex items-center gap-2 py-0.5 ${granted ? 'text-ink2' : 'text-amber'}`}
            >
              {granted ? (
                <Check size={14} strokeWidth={1.6} aria-hidden className="shrink-0" />
              ) : (
                <Minus size={14} strokeWidth={2} aria-hidden className="shrink-0" />
              )}
              <span className="[overflow-wrap:anywhere]">{scope}</span>
              <span className={granted ? 'sr-only' : 'font-sans'}>
                {granted ? 'granted' : 'not granted'}
              </span>
            </li>
          );
        })}
        {more.map((scope) => (
          <li key={scope} className="flex items-center gap-2 py-0.5 text-ink2">
            <Plus size={14} strokeWidth={1.6} aria-hidden className="shrink-0" />
            <span className="[overflow-wrap:anywhere]">{scope}</span>
            <span className="font-sans">granted unasked</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

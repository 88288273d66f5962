// Owns the field and the list under it as one combobox: the focus stays in the field, arrows move
// the highlight, Enter connects, Tab goes on to the details.

import { Search, X } from 'lucide-react';
import { type KeyboardEvent, type Ref, useEffect, useRef } from 'react';
import { apart } from '../../../fhir/text/shown.ts';
import type { Clinic } from '../../../http/contract.ts';
import { PreviewBadge, SampleBadge } from '../../parts/marks.tsx';
import { counted, listed } from '../../parts/words.ts';
import { clinicKey, markMatches, optionId, townWords, whereWords } from './clinic-search.ts';
import type { ClinicSearch } from './use-clinic-search.ts';

const listId = 'clinics';
/** Longer than any name, and the most that a search takes. */
const MOST_LETTERS = 200;

type ClinicFieldProps = {
  ref: Ref<HTMLInputElement>;
  search: ClinicSearch;
  onEnter: () => void;
};

/** The one large field. */
export function ClinicField({ ref, search, onEnter }: ClinicFieldProps) {
  const { typed, options, active, type: onType } = search;
  const move = (e: KeyboardEvent<HTMLInputElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === 'Enter' && active) {
      e.preventDefault();
      onEnter();
    } else if (e.key === 'Escape' && typed !== '') onType('');
    else if (step !== undefined && active) {
      e.preventDefault();
      const next = options[options.indexOf(active) + step];
      if (next) search.moveTo(next);
    }
  };
  return (
    <div className="flex h-14 items-center gap-3 rounded-box border border-edge bg-surface px-4 has-focus-visible:border-teal has-focus-visible:ring-4 has-focus-visible:ring-teal-tint">
      <Search size={20} strokeWidth={1.6} aria-hidden className="shrink-0 text-ink3" />
      <input
        ref={ref}
        role="combobox"
        aria-label="Clinic or town"
        aria-expanded={options.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active ? optionId(active) : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder="Clinic or town"
        maxLength={MOST_LETTERS}
        value={typed}
        onChange={(e) => onType(e.target.value)}
        onKeyDown={move}
        className="min-w-0 flex-1 bg-transparent text-18 outline-none placeholder:text-ink3 desk:text-24"
      />
      <span role="status" className="sr-only shrink-0 text-13 text-ink2 desk:not-sr-only">
        {search.isCurrent ? foundWords(search) : ''}
      </span>
      {typed !== '' && (
        <button
          type="button"
          aria-label="Clear"
          onClick={() => onType('')}
          className="grid size-9 shrink-0 place-items-center rounded-item text-ink2 hover:bg-sunk"
        >
          <X size={18} strokeWidth={1.6} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** Of an answer that is there: how many, before anything is typed nothing where they are not shown. */
function foundWords({ total, isMore, asked }: ClinicSearch): string {
  if (asked === '') return total === 0 ? '' : counted(total, 'clinic');
  if (isMore) return `${total} or more clinics found`;
  return total === 0 ? 'No clinic found' : `${counted(total, 'clinic')} found`;
}

/** The clinics found, one highlighted. */
export function ClinicList({
  found,
  typed,
  active,
  onPick,
}: {
  found: Clinic[];
  typed: string;
  active: Clinic | null;
  onPick: (clinic: Clinic) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const activeId = active ? optionId(active) : null;
  useEffect(() => {
    if (activeId) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  return (
    <>
      <div
        aria-hidden="true"
        className={`${columns} mt-4 hidden border-b border-line py-2 text-12 text-ink2 desk:grid`}
      >
        <span>Clinic</span>
        <span>Town</span>
        <span>Software</span>
      </div>
      <div ref={list} id={listId} role="listbox" aria-label="Clinics" className="mt-2 desk:mt-0">
        {found.map((c) => (
          <ClinicOption
            key={clinicKey(c)}
            clinic={c}
            typed={typed}
            isActive={c === active}
            onPick={() => onPick(c)}
          />
        ))}
      </div>
    </>
  );
}

const columns =
  'grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 px-4 desk:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,0.8fr)_8.5rem]';

function ClinicOption({
  clinic: c,
  typed,
  isActive,
  onPick,
}: {
  clinic: Clinic;
  typed: string;
  isActive: boolean;
  onPick: () => void;
}) {
  return (
    // The keyboard reaches options through the field, by aria-activedescendant.
    <div
      id={optionId(c)}
      role="option"
      aria-selected={isActive}
      onClick={onPick}
      className={`${columns} min-h-12 cursor-pointer items-center border-b border-line py-2 desk:aria-selected:rounded-box desk:aria-selected:border-transparent desk:aria-selected:bg-teal-tint desk:aria-selected:ring-[1.5px] desk:aria-selected:ring-teal desk:aria-selected:ring-inset`}
    >
      <span className="min-w-0">
        <Marked text={c.name} typed={typed} />
        <span className="block truncate text-13 text-ink2 desk:hidden">{whereWords(c)}</span>
      </span>
      <span className="hidden min-w-0 text-ink2 desk:block">
        {c.town ? <Marked text={c.town} typed={typed} /> : townWords(c)}
      </span>
      <span className="hidden truncate text-ink2 desk:block">{c.portalName}</span>
      <span className="flex items-center justify-end gap-2 text-13 text-ink2">
        {c.environment === 'preview' && <PreviewBadge />}
        {c.sample && <SampleBadge />}
        {c.connected.length > 0 && (
          <span title={`For ${listed(c.connected.map((one) => apart(one.personName)))}`}>
            Connected
          </span>
        )}
        {isActive && <Key className="hidden desk:inline-block">Enter</Key>}
      </span>
    </div>
  );
}

function Marked({ text, typed }: { text: string; typed: string }) {
  return (
    <span>
      {markMatches(text, typed).map((run, i) =>
        run.hit ? (
          // Runs of one text, in its order
          <mark key={i}>{run.text}</mark>
        ) : (
          run.text
        ),
      )}
    </span>
  );
}

function Key({ children, className = '' }: { children: React.ReactNode; className?: string }) {
  return (
    <kbd
      className={`rounded-tag border border-line2 bg-surface px-1.5 font-sans text-12 text-ink2 ${className}`}
    >
      {children}
    </kbd>
  );
}

/** What the keys do. */
export function Keys() {
  return (
    <p className="mt-4 hidden gap-5 px-4 text-13 text-ink2 desk:flex">
      <span>
        <Key>Up</Key> <Key>Down</Key> choose
      </span>
      <span>
        <Key>Enter</Key> connect
      </span>
      <span>
        <Key>Tab</Key> details
      </span>
    </p>
  );
}

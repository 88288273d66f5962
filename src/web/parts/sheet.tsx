// Owns the sheet: at the right on a desk, where the list stays in view and in use, and from below on
// a small screen, where it is a modal dialog. Esc closes; the focus comes in and goes back.

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react';
import { useIsDesk } from './use-media.ts';

type SheetProps = {
  title: string;
  /** Above the title: where it comes from. */
  over?: ReactNode;
  /** Under the title. */
  under?: ReactNode;
  children: ReactNode;
  /** Stays in view at the bottom. */
  foot?: ReactNode;
  onClose: () => void;
  /** Where there is a list to walk through: the one before and the one after. */
  onStep?: (step: 1 | -1) => void;
  /** What the focus follows: changes when another record is shown. */
  shown?: string;
};

/** A labelled sheet. Whoever opens it returns the focus when `onClose` is called. */
export function Sheet(props: SheetProps) {
  return useIsDesk() ? <SideSheet {...props} /> : <LowSheet {...props} />;
}

function SideSheet(props: SheetProps) {
  const titleId = useId();
  const { onClose } = props;
  useEffect(() => {
    const close = (e: KeyboardEvent) => {
      // A menu that is open closes first and marks the key as used.
      if (e.key === 'Escape' && !e.defaultPrevented) onClose();
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [onClose]);
  return (
    <section
      aria-labelledby={titleId}
      className="sheet-in fixed inset-y-0 right-0 z-30 flex w-[27.5rem] flex-col border-l border-line bg-surface shadow-sheet print:hidden"
    >
      <SheetBody {...props} titleId={titleId} />
    </section>
  );
}

function LowSheet(props: SheetProps) {
  const titleId = useId();
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    // Closed before it is taken away, the rest of the page can take the focus again.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={titleId}
      onCancel={(e) => {
        e.preventDefault();
        props.onClose();
      }}
      onPointerDown={(e) => {
        if (e.target === box.current) props.onClose();
      }}
      className="sheet sheet-up fixed inset-x-0 top-auto bottom-0 m-0 flex max-h-[92dvh] w-full max-w-none flex-col rounded-t-[16px] bg-surface text-ink shadow-sheet"
    >
      <SheetBody {...props} titleId={titleId} />
    </dialog>
  );
}

function SheetBody({
  title,
  over,
  under,
  children,
  foot,
  onClose,
  onStep,
  shown,
  titleId,
}: SheetProps & { titleId: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The focus follows what is shown
  useEffect(() => heading.current?.focus(), [shown]);
  const steps = { ArrowUp: -1, ArrowDown: 1 } as const;
  return (
    <>
      {/* Arrows repeat the two buttons in it */}
      <header
        onKeyDown={(e) => {
          const step = steps[e.key as keyof typeof steps];
          if (!step || !onStep) return;
          e.preventDefault();
          onStep(step);
        }}
        className="px-5 pt-4 pb-3 desk:px-7 desk:pt-5"
      >
        <div className="flex min-h-11 items-center gap-1 desk:min-h-8">
          <div className="min-w-0 flex-1">{over}</div>
          {onStep && (
            <>
              <IconButton label="The one before" onClick={() => onStep(-1)}>
                <ChevronUp size={18} strokeWidth={1.6} aria-hidden />
              </IconButton>
              <IconButton label="The one after" onClick={() => onStep(1)}>
                <ChevronDown size={18} strokeWidth={1.6} aria-hidden />
              </IconButton>
            </>
          )}
          <IconButton label="Close" onClick={onClose}>
            <X size={18} strokeWidth={1.6} aria-hidden />
          </IconButton>
        </div>
        <h2
          id={titleId}
          ref={heading}
          tabIndex={-1}
          className="mt-1 text-24 font-semibold text-balance [overflow-wrap:anywhere]"
        >
          {title}
        </h2>
        {under}
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">{children}</div>
      {foot && <div className="border-t border-line bg-paper px-5 py-3 desk:px-7">{foot}</div>}
    </>
  );
}

function IconButton({
  label,
  onClick,
  children,
}: {
  label: string;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="grid size-11 shrink-0 place-items-center rounded-item text-ink2 hover:bg-sunk desk:size-8"
    >
      {children}
    </button>
  );
}

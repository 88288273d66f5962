// Owns the frame of small screens: whose record at the top, the places at the bottom.

import { LogOut, SlidersHorizontal } from 'lucide-react';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { Disc } from '../parts/person-face.tsx';
import { Logo } from '../parts/marks.tsx';
import { useSignOut } from './actions.ts';
import { AppearanceSwitch } from './appearance-switch.tsx';
import { PersonSwitch } from './person-switch.tsx';
import { useCurrentPerson, usePeople } from './person.ts';
import { Places } from './places.tsx';
import { SignedInAs } from './signed-in-as.tsx';

/** Whose record, and the few settings there are. */
export function MobileTop() {
  const people = usePeople();
  const person = useCurrentPerson();
  return (
    <header className="flex h-14 items-center justify-between gap-3 px-5 pt-2 desk:hidden print:hidden">
      {person && people.length > 1 ? (
        <PersonSwitch people={people} person={person} short />
      ) : (
        <span className="flex min-w-0 items-center gap-2.5 font-medium">
          {person ? <Disc name={person.name} /> : <Logo />}
          <span className="truncate">{person?.name ?? 'Chartfold'}</span>
        </span>
      )}
      <DialogTrigger>
        <AriaButton
          aria-label="Appearance and sign-out"
          className="-mr-3 grid size-11 shrink-0 place-items-center rounded-box text-ink2"
        >
          <SlidersHorizontal size={20} strokeWidth={1.6} aria-hidden />
        </AriaButton>
        <Popover
          placement="bottom end"
          className="w-60 rounded-box border border-line2 bg-surface p-4 shadow-lift"
        >
          <Dialog aria-label="Appearance and sign-out" className="flex flex-col gap-3 outline-none">
            <AppearanceSwitch />
            <SignedInAs className="text-13" />
            <SignOut />
          </Dialog>
        </Popover>
      </DialogTrigger>
    </header>
  );
}

function SignOut() {
  const signOut = useSignOut();
  return (
    <button
      type="button"
      onClick={() => signOut.mutate(undefined, { onSuccess: () => location.assign('/sign-in') })}
      className="flex min-h-11 items-center gap-2.5 text-ink2"
    >
      <LogOut size={18} strokeWidth={1.6} aria-hidden />
      Sign out
    </button>
  );
}

/** The places, at the thumb. */
export function MobileBar() {
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-rail pb-[env(safe-area-inset-bottom)] desk:hidden print:hidden"
    >
      <Places
        draw={({ icon: Icon, name, count, link }) => (
          <span key={name} className="contents">
            {link(
              'relative flex h-16 flex-1 flex-col items-center justify-center gap-1 text-12 text-ink2 aria-[current]:font-medium aria-[current]:text-ink',
              <>
                <Icon size={22} strokeWidth={1.6} aria-hidden />
                {name}
                {count > 0 && (
                  <span className="absolute top-2 left-1/2 ml-3 grid size-4 place-items-center rounded-full bg-amber-tint text-12 text-amber">
                    {count}
                    <span className="sr-only"> need you</span>
                  </span>
                )}
              </>,
            )}
          </span>
        )}
      />
    </nav>
  );
}

// Owns the left rail of the desktop: whose record, the places, appearance and sign-out at the foot.

import { HardDrive, LogOut } from 'lucide-react';
import { PersonFace } from '../parts/person-face.tsx';
import { Logo } from '../parts/marks.tsx';
import { useSignOut } from './actions.ts';
import { AppearanceSwitch } from './appearance-switch.tsx';
import { PersonSwitch } from './person-switch.tsx';
import { useCurrentPerson, usePeople } from './person.ts';
import { SignedInAs } from './signed-in-as.tsx';
import { Places } from './places.tsx';

/** The rail; on small screens the bars of mobile-bars.tsx stand in for it. */
export function Rail() {
  return (
    <header className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-rail px-3 py-4 desk:flex print:hidden">
      <p className="mb-4 flex items-center gap-2 px-2 font-medium">
        <Logo />
        Chartfold
      </p>
      <WhoseRecord />
      <nav aria-label="Pages" className="mt-2 flex flex-col gap-0.5">
        <Places
          draw={({ icon: Icon, name, count, link }) => (
            <span key={name} className="contents">
              {link(
                'group flex h-8 items-center gap-3 rounded-item px-2.5 text-ink2 hover:bg-sunk aria-[current]:bg-line aria-[current]:font-medium aria-[current]:text-ink',
                <>
                  <Icon size={18} strokeWidth={1.6} aria-hidden />
                  {name}
                  {count > 0 && (
                    <span className="ml-auto text-12 text-ink2">
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
      <Foot />
    </header>
  );
}

function WhoseRecord() {
  const people = usePeople();
  const person = useCurrentPerson();
  if (!person) return null;
  if (people.length > 1) return <PersonSwitch people={people} person={person} />;
  return (
    <div className="mb-2 flex items-center gap-2.5 px-2 py-1.5">
      <PersonFace person={person} />
    </div>
  );
}

function Foot() {
  const signOut = useSignOut();
  return (
    <div className="mt-auto flex flex-col gap-3 px-2 text-12 text-ink3">
      <p className="flex gap-2.5">
        <HardDrive size={16} strokeWidth={1.6} className="shrink-0" aria-hidden />
        Everything stays on the machine of this Chartfold
      </p>
      <AppearanceSwitch />
      <SignedInAs className="text-12" />
      <button
        type="button"
        onClick={() => signOut.mutate(undefined, { onSuccess: () => location.assign('/sign-in') })}
        className="flex items-center gap-2.5 py-1 text-12 text-ink2 hover:text-ink"
      >
        <LogOut size={16} strokeWidth={1.6} aria-hidden />
        Sign out
      </button>
    </div>
  );
}

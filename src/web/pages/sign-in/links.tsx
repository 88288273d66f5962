// Owns what is said of sign-in links: how one gets one, and that one does not work any more.

import '../../mono.css';
import { Button } from '../../parts/button.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Doorway } from './doorway.tsx';

/** Where a link comes from: from an owner in the app, or, for whoever runs this Chartfold, from the terminal. */
export function HowToGetALink() {
  return (
    <>
      <p className="mt-3 text-ink2">
        Ask an owner of this Chartfold for a new link: in Settings, under Accounts. If you run it
        yourself, this prints one on its machine, in its folder; for another account than the first
        owner’s add its name:
      </p>
      <p className="mt-3 rounded-box border border-line2 bg-surface px-4 py-3 font-mono text-13">
        npx chartfold sign-in-link
      </p>
    </>
  );
}

/** In place of a link that was refused. */
export function LinkSpent({ onOtherWay }: { onOtherWay: () => void }) {
  return (
    <Doorway>
      <PageHeading>This link does not work any more</PageHeading>
      <p role="alert" className="mt-2 text-ink2">
        A link works once: for 15 minutes, or for a week if it is an invitation. This one was used,
        has ended or was not copied whole.
      </p>
      <HowToGetALink />
      <Button onClick={onOtherWay} className="mt-6 self-start">
        Sign in another way
      </Button>
    </Doorway>
  );
}

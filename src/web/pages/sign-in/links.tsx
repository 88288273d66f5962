// Owns what is said of sign-in links: how one gets one, and that one does not work any more.

import '../../mono.css';
import { Button } from '../../parts/button.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Doorway } from './doorway.tsx';

/** Where a link comes from: from whoever runs this Chartfold, or by this command. */
export function HowToGetALink() {
  return (
    <>
      <p className="mt-3 text-ink2">
        Whoever runs this Chartfold can make a link for you. On the machine it runs on, in its
        folder, this prints one:
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

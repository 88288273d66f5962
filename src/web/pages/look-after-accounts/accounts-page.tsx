// Owns the page of everyone who may sign in here, for the owner: inviting, another link, closing.

import { useQuery } from '@tanstack/react-query';
import type { ListedAccount } from '../../../http/contract.ts';
import { accountsQuery, sessionQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { nearMoment } from '../../parts/dates.ts';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { useQuestion } from '../../parts/use-question.ts';
import { listed } from '../../parts/words.ts';
import { usePageTitle } from '../../parts/page-title.ts';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { Row, Rows, Section } from '../settings/section.tsx';
import { Backups } from '../look-after-backups/backups.tsx';
import { useCloseAccount, useNewLink } from './actions.ts';
import { Invite } from './invite.tsx';
import { LinkOnce } from './link-once.tsx';

/** `/settings/accounts` */
export function AccountsPage() {
  usePageTitle('Accounts');
  const { data, error, refetch } = useQuery(accountsQuery);
  const session = useQuery(sessionQuery);
  const ownId = session.data?.signedIn ? session.data.account.id : null;
  return (
    <>
      <Section
        title="Everyone who may sign in"
        intro="An account sees no record until somebody who manages one shows it. You, too, see only those shown to you."
      >
        {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton lines={3} label="Loading the accounts" />}
        {data && (
          <Rows label="Accounts">
            {data.map((one) => (
              <AccountRow key={one.id} account={one} isOwn={one.id === ownId} />
            ))}
          </Rows>
        )}
      </Section>
      <Section
        title="Invite somebody"
        intro="You are given a link, good once and for a week. Hand it over in person or by a way you trust: whoever opens it first is in."
      >
        <Invite />
      </Section>
      <Backups />
    </>
  );
}

function AccountRow({ account: a, isOwn }: { account: ListedAccount; isOwn: boolean }) {
  const question = useQuestion();
  const newLink = useNewLink();
  const seen = a.lastSeenAt
    ? `Last seen ${nearMoment(a.lastSeenAt)}`
    : a.hasSignedIn
      ? 'Signed in nowhere now'
      : 'Has not signed in yet';
  return (
    <Row
      title={
        <>
          <strong className="font-medium">{a.name}</strong>
          {isOwn && ' (you)'}
          {a.roles.includes('owner') && ', owner'}
        </>
      }
      note={seen}
      action={
        !isOwn &&
        !question.isAsking && (
          <>
            <Button
              look="text"
              aria-label={`New link for ${a.name}`}
              busy={newLink.isPending}
              onClick={() => newLink.mutate(a.id)}
            >
              New link
            </Button>
            <Button
              look="quiet"
              aria-label={`Close the account of ${a.name}`}
              ref={question.opener}
              onClick={question.ask}
            >
              Close
            </Button>
          </>
        )
      }
    >
      {newLink.data && (
        <LinkOnce name={a.name} link={newLink.data.link} onDone={() => newLink.reset()} />
      )}
      {newLink.error && <ActTrouble error={newLink.error} again={() => newLink.mutate(a.id)} />}
      {question.isAsking && <Closing account={a} onNo={question.leave} />}
    </Row>
  );
}

function Closing({
  account: { id, name, onlyManagerOf },
  onNo,
}: {
  account: ListedAccount;
  onNo: () => void;
}) {
  const close = useCloseAccount();
  const go = () => close.mutate(id);
  if (onlyManagerOf.length > 0) return <Stranding names={onlyManagerOf} name={name} onNo={onNo} />;
  return (
    <>
      <InlineConfirm
        question={`${name} is signed out everywhere and sees nothing here any more. The records stay; the account does not come back.`}
        yes="Close the account"
        no="Leave it open"
        busy={close.isPending}
        onYes={go}
        onNo={onNo}
      />
      <ActTrouble error={close.error} again={go} />
    </>
  );
}

// Nobody could give a right on these records any more.
function Stranding({ name, names, onNo }: { name: string; names: string[]; onNo: () => void }) {
  return (
    <>
      <p role="status" className="rounded-box bg-amber-tint px-4 py-2.5">
        Only {name} manages {listed(names)} for good. Let somebody else manage that first, then
        close the account.
      </p>
      <Button look="quiet" className="self-start" autoFocus onClick={onNo}>
        Leave it open
      </Button>
    </>
  );
}

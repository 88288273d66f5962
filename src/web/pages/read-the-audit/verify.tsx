// Owns what the audit is, in a sentence, and for an owner its check: the button, the verdict in words, the checkpoint to
// keep elsewhere.

import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck } from 'lucide-react';
import { useState } from 'react';
import type { AuditVerdict } from '../../../http/contract.ts';
import { useAction } from '../../app/actions.ts';
import { send } from '../../app/api.ts';
import { sessionQuery } from '../../app/queries.ts';
import '../../mono.css';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { longDate, dayOf } from '../../parts/dates.ts';
import { counted } from '../../parts/words.ts';
import { ActTrouble } from '../settings/act-trouble.tsx';

/** What the audit is, and its check. */
export function Verify() {
  const { data } = useQuery(sessionQuery);
  const isOwner = data?.signedIn && data.account.roles.includes('owner');
  const verify = useAction({
    mutationFn: () => send<AuditVerdict>('POST', '/api/audit/verify'),
  });
  return (
    <section aria-label="Check of the audit" className="mb-8">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <p className="min-w-64 flex-1 text-ink2">
          {isOwner
            ? 'Who read or did what here; in a record that is not shown to you, not what was seen.'
            : 'Who read or did what here: in the records you manage, and by yourself.'}{' '}
          Each line is sealed to the one before it, so none can be changed or taken out unseen.
        </p>
        {isOwner && (
          <Button busy={verify.isPending} onClick={() => verify.mutate()}>
            {verify.isPending ? 'Going through it' : 'Verify'}
          </Button>
        )}
      </div>
      <div role="status">{verify.data && <Verdict verdict={verify.data} />}</div>
      <ActTrouble error={verify.error} again={() => verify.mutate()} />
    </section>
  );
}

function Verdict({ verdict: v }: { verdict: AuditVerdict }) {
  const isWhole = v.faults.length === 0;
  const since = v.since ? ` since ${longDate(dayOf(v.since))}` : '';
  return (
    <div
      className={`mt-4 flex gap-3 rounded-box border px-4 py-3 ${isWhole ? 'border-line2 bg-surface' : 'border-red-mark/50 bg-red-tint'}`}
    >
      {isWhole ? (
        <CircleCheck
          size={18}
          strokeWidth={1.6}
          className="mt-0.5 shrink-0 text-teal"
          aria-hidden
        />
      ) : (
        <CircleAlert size={18} strokeWidth={1.6} className="mt-0.5 shrink-0 text-red" aria-hidden />
      )}
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {counted(v.lines, 'line')}
          {since}, {isWhole ? 'unbroken' : `broken in ${counted(v.faults.length, 'place')}`}
        </p>
        {!isWhole && (
          <ul className="mt-1">
            {v.faults.map((fault) => (
              <li key={`${fault.seq} ${fault.words}`}>{fault.words}</li>
            ))}
          </ul>
        )}
        {isWhole && <Checkpoint text={v.checkpoint} />}
      </div>
    </div>
  );
}

function Checkpoint({ text }: { text: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="text" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Keep a checkpoint elsewhere
      </Button>
      {isOpen && (
        <div className="text-13 text-ink2">
          <p>
            A checkpoint says how the audit stands now. Kept off this machine, it shows later
            whether even somebody with the whole machine in hand has written the past anew:{' '}
            <code className="font-mono text-12">npx chartfold verify --checkpoint</code> compares
            it.
          </p>
          <p className="my-3 font-mono text-12 break-all">{text}</p>
          <CopyButton text={text} name="The checkpoint" label="Copy the checkpoint" />
        </div>
      )}
    </>
  );
}

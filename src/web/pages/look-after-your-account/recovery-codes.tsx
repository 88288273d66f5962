// Owns the recovery codes: how many are left, and new ones, which are shown once.

import { Printer } from 'lucide-react';
import { useEffect, useRef } from 'react';
import '../../mono.css';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { Row } from '../settings/section.tsx';
import { useMakeRecoveryCodes } from './actions.ts';

/** The row; new codes open under it. */
export function RecoveryCodes({ left }: { left: number }) {
  const make = useMakeRecoveryCodes();
  const codes = make.data?.codes;
  const go = () => make.mutate();
  return (
    <Row
      title="Recovery codes"
      note={
        left === 0
          ? 'None. They sign you in when a device is lost; each works once.'
          : `${left} left. Each signs you in once, when a device is lost.`
      }
      action={
        !codes && (
          <Button look="text" busy={make.isPending} onClick={go}>
            {left === 0 ? 'Make recovery codes' : 'Make new ones'}
          </Button>
        )
      }
    >
      {codes && <Codes codes={codes} onDone={() => make.reset()} />}
      {make.error && <ActTrouble error={make.error} again={go} />}
    </Row>
  );
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="rounded-box border border-line2 bg-surface px-5 py-4">
      <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Keep these where your devices are not
      </h3>
      <p className="mt-1 text-13 text-ink2">
        They are shown this once. Codes made before do not work any more.
      </p>
      <ol className="my-4 grid grid-cols-1 gap-x-8 gap-y-1 font-mono text-15 min-[26rem]:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-3 print:hidden">
        <CopyButton text={codes.join('\n')} name="The recovery codes" />
        <Button onClick={() => print()}>
          <Printer size={16} strokeWidth={1.6} aria-hidden />
          Print
        </Button>
        <Button look="quiet" onClick={onDone}>
          I have kept them
        </Button>
      </div>
    </div>
  );
}

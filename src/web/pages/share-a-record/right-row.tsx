// Owns one right as a row: who, what, until when, given by whom; and taking it back.

import { useState } from 'react';
import type { GivenRight } from '../../../http/contract.ts';
import { Button } from '../../parts/button.tsx';
import { nearMoment } from '../../parts/dates.ts';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { Row } from '../settings/section.tsx';
import { useTakeBack } from './actions.ts';
import { rightWords } from '../../parts/right-words.ts';

/** The row. One's own right is named as such: to take it back is to leave the record. */
export function RightRow({
  personId,
  right,
  isOwn,
}: {
  personId: string;
  right: GivenRight;
  isOwn: boolean;
}) {
  const [isAsking, setAsking] = useState(false);
  const takeBack = useTakeBack(personId);
  const go = () => takeBack.mutate(right.id);
  const by = right.givenByName ? `Given by ${right.givenByName}` : 'Given';
  return (
    <Row
      title={
        <>
          <strong className="font-medium">{right.accountName}</strong>
          {isOwn && ' (you)'} {rightWords(right)}
        </>
      }
      note={`${by} ${nearMoment(right.createdAt)}`}
      action={
        !isAsking && (
          <Button
            look="quiet"
            aria-label={`Take back: ${right.accountName} ${rightWords(right)}`}
            onClick={() => setAsking(true)}
          >
            Take back
          </Button>
        )
      }
    >
      {isAsking && (
        <>
          <InlineConfirm
            question={
              isOwn
                ? 'You take back your own right, and only somebody else who manages this record can give it again.'
                : `${right.accountName} sees this no more from that moment, also on a page that is open now. What was read or saved before stays with them.`
            }
            yes="Take it back"
            no="Leave it"
            busy={takeBack.isPending}
            onYes={go}
            onNo={() => {
              takeBack.reset();
              setAsking(false);
            }}
          />
          <ActTrouble error={takeBack.error} again={go} />
        </>
      )}
    </Row>
  );
}

// Owns one right as a row: who, what, until when, given by whom; and taking it back.

import type { GivenRight } from '../../../http/contract.ts';
import { Button } from '../../parts/button.tsx';
import { nearMoment } from '../../parts/dates.ts';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { ActTrouble } from '../settings/act-trouble.tsx';
import { useQuestion } from '../../parts/use-question.ts';
import { Row } from '../settings/section.tsx';
import { useTakeBack } from './actions.ts';
import { rightWords } from '../../parts/right-words.ts';

/** The row. One's own right is named as such: to take it back is to leave the record. */
export function RightRow({
  personId,
  right,
  isOwn,
  isOnlyManager,
}: {
  personId: string;
  right: GivenRight;
  isOwn: boolean;
  /** The only right that manages the record for good: it stays until there is another. */
  isOnlyManager: boolean;
}) {
  const question = useQuestion();
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
      note={`${by} ${nearMoment(right.createdAt)}${isOnlyManager ? ONLY : ''}`}
      action={
        !isOnlyManager &&
        !question.isAsking && (
          <Button
            look="quiet"
            aria-label={`Take back: ${right.accountName} ${rightWords(right)}`}
            ref={question.opener}
            onClick={question.ask}
          >
            Take back
          </Button>
        )
      }
    >
      {question.isAsking && (
        <>
          <InlineConfirm
            question={isOwn ? OWN : othersWords(right.accountName)}
            yes="Take it back"
            no="Leave it"
            busy={takeBack.isPending}
            onYes={go}
            onNo={() => {
              takeBack.reset();
              question.leave();
            }}
          />
          <ActTrouble error={takeBack.error} again={go} />
        </>
      )}
    </Row>
  );
}

const ONLY = '. It can be taken back once somebody else manages this record for good';
const OWN =
  'You take back your own right, and only somebody else who manages this record can give it again.';

function othersWords(name: string): string {
  return `${name} sees this no more from that moment, also on a page that is open now. What was read or saved before stays with them.`;
}

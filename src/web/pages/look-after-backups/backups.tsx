// Owns what the owner is told of the backups: when the last was made, and when one was last proven by restoring it.

import { useQuery } from '@tanstack/react-query';
import type { BackupState } from '../../../http/contract.ts';
import { backupsQuery } from '../../app/queries.ts';
import { nearMoment } from '../../parts/dates.ts';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { Row, Rows, Section } from '../settings/section.tsx';

export function Backups() {
  const { data, error, refetch } = useQuery(backupsQuery);
  return (
    <Section
      title="Backups"
      intro="Each is one sealed file of everything here, opened by the recovery kit. Keep copies of them away from this machine, and the kit away from the copies."
    >
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={2} label="Loading the backups" />}
      {data && (
        <Rows label="Backups">
          {data.lastFailed && (
            <Row
              title={<strong className="font-medium text-amber">The last one failed</strong>}
              note={`${nearMoment(data.lastFailed.at)}. ${data.lastFailed.sentence}`}
            />
          )}
          <Row title="Last made" note={madeWords(data)} />
          <Row title="Last proven by restoring it" note={provenWords(data)} />
          <Row
            title="Recovery kit"
            note="“npx chartfold backup kit” prints it on the machine’s own terminal. Without it no backup can be opened."
          />
        </Rows>
      )}
    </Section>
  );
}

function madeWords({ lastMade, everyHours }: BackupState): string {
  if (!lastMade)
    return everyHours === 0
      ? 'None yet, and none is made by itself: CHARTFOLD_BACKUP_EVERY is 0. “npx chartfold backup create” makes one.'
      : 'None yet. The first one is made a few minutes after the start.';
  return `${nearMoment(lastMade.madeAt)}, ${Math.max(1, Math.round(lastMade.bytes / 1e6))} MB`;
}

function provenWords({ lastMade, provenAt }: BackupState): string {
  const when = provenAt ? nearMoment(provenAt) : 'Never';
  return lastMade?.fault
    ? `${when}. The last one could not be restored: “npx chartfold backup prove” says why.`
    : when;
}

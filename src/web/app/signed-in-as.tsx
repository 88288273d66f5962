// Owns saying whose account this browser is signed in with, beside the way out of it.

import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from './queries.ts';

export function SignedInAs({ className }: { className: string }) {
  const { data } = useQuery(sessionQuery);
  if (!data?.signedIn) return null;
  return (
    <p className={`text-ink2 [overflow-wrap:anywhere] ${className}`}>
      Signed in as {data.account.name}
    </p>
  );
}

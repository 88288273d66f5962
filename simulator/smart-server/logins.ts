// Who can sign in, and the subject that stands for one person reading one chart. Looks up; decides nothing.

import { createHash } from 'node:crypto';
import type { Account, ChartAccess } from '../people/world.ts';

/** An account together with the one chart that was chosen. */
export type Login = { readonly account: Account; readonly chart: ChartAccess };

export type Logins = {
  /** The account of a user name and password; user names are compared without case. */
  signIn(username: string, password: string): Account | undefined;
  account(username: string): Account | undefined;
  /** An opaque subject for an account and chart, the same after every restart. */
  subjectOf(login: Login): string;
  bySubject(subject: string): Login | undefined;
};

/** Indexes the accounts of a world. */
export function makeLogins(accounts: readonly Account[]): Logins {
  const byName = new Map(accounts.map((account) => [account.username.toLowerCase(), account]));
  const bySubject = new Map(
    accounts.flatMap((account) =>
      account.charts.map((chart): [string, Login] => [
        subjectOf({ account, chart }),
        { account, chart },
      ]),
    ),
  );
  return {
    signIn(username, password) {
      const account = byName.get(username.trim().toLowerCase());
      return account?.password === password ? account : undefined;
    },
    account: (username) => byName.get(username.toLowerCase()),
    subjectOf,
    bySubject: (subject) => bySubject.get(subject),
  };
}

function subjectOf({ account, chart }: Login): string {
  const digest = createHash('sha256').update(`${account.username}\n${chart.patientId}`).digest();
  return `00u${digest.toString('base64url').replace(/[-_]/g, '0').slice(0, 17)}`;
}

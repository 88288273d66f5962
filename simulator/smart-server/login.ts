// The steps of one authorization attempt in the browser: sign in, choose a practice where there are several, consent.
// What was done so far is kept in the attempt itself, so that reload, back and a restart do no harm.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { Environment } from '../environments.ts';
import type { FaultSwitches } from '../faults.ts';
import { knownScopes } from '../fhir-server/scopes.ts';
import { answer, readForm } from '../http.ts';
import type { Account, ChartAccess, Practice } from '../people/world.ts';
import type { Logins } from './logins.ts';
import { loginPath } from './provider.ts';
import {
  consentPage,
  contentSecurityPolicy,
  errorPage,
  loginPage,
  type PageFrame,
  practicePage,
} from './pages.ts';

export type LoginParts = {
  readonly environment: Environment;
  readonly behaviour: PortalBehaviour;
  readonly provider: Provider;
  readonly logins: Logins;
  readonly accounts: readonly Account[];
  readonly practices: readonly Practice[];
  readonly faults: FaultSwitches;
};

/** Handles GET and POST of the pages of one attempt. */
export function makeLoginHandler(parts: LoginParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let attempt: Attempt;
    try {
      attempt = (await parts.provider.interactionDetails(request, response)) as Attempt;
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      const body = errorPage(
        'session_not_found',
        'This sign-in has expired or was already finished.',
      );
      return show(request, response, 400, body);
    }
    if (request.method === 'POST') return submit(parts, attempt, request, response);
    if ((request.url ?? '').endsWith('?restart=1')) await remember(attempt, {});
    return showStep(parts, attempt, request, response, false);
  };
}

type Attempt = Awaited<ReturnType<Provider['interactionDetails']>>;
/** What the person has done so far in this attempt. */
type Progress = { readonly username?: string; readonly choice?: string };

async function submit(
  parts: LoginParts,
  attempt: Attempt,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const form = await readForm(request);
  const { account, charts, chart } = standing(parts, attempt);
  if (form.has('username')) {
    const found = parts.logins.signIn(form.get('username') ?? '', form.get('password') ?? '');
    if (found === undefined) return showStep(parts, attempt, request, response, true);
    await remember(attempt, { username: found.username });
    return seeOther(request, response, frameOf(parts, attempt).action);
  }
  if (account !== undefined && form.has('practice')) {
    const choice = form.get('practice') ?? '';
    if (charts.some((entry) => isChosen(entry, choice))) {
      await remember(attempt, { username: account.username, choice });
    }
    return seeOther(request, response, frameOf(parts, attempt).action);
  }
  if (account === undefined || chart === undefined || !form.has('decision')) {
    return seeOther(request, response, frameOf(parts, attempt).action);
  }
  if (form.get('decision') !== 'allow') {
    return parts.provider.interactionFinished(
      request,
      response,
      { error: 'access_denied', error_description: 'The person denied access.' },
      { mergeWithLastSubmission: false },
    );
  }
  const sub = parts.logins.subjectOf({ account, chart });
  const grantId = await saveGrant(parts, attempt, sub, form.getAll('scope'));
  return parts.provider.interactionFinished(
    request,
    response,
    { login: { accountId: sub }, consent: { grantId } },
    { mergeWithLastSubmission: false },
  );
}

async function saveGrant(
  { provider, behaviour, faults }: LoginParts,
  attempt: Attempt,
  accountId: string,
  ticked: readonly string[],
): Promise<string> {
  const asked = askedScopes({ behaviour }, attempt);
  const narrowed = faults.strike('scope.narrowed');
  const dropped = new Set(narrowed === undefined ? [] : (narrowed.scopes ?? narrowedByDefault));
  const granted = asked.filter(
    (scope) => scope === 'openid' || (ticked.includes(scope) && !dropped.has(scope)),
  );
  const grant = new provider.Grant({ accountId, clientId: String(attempt.params.client_id) });
  if (granted.length > 0) grant.addOIDCScope(granted.join(' '));
  const refused = asked.filter((scope) => !granted.includes(scope));
  if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '));
  return grant.save();
}

const narrowedByDefault = ['patient/DocumentReference.read', 'patient/CarePlan.read'];

function askedScopes({ behaviour }: Pick<LoginParts, 'behaviour'>, attempt: Attempt): string[] {
  const known = knownScopes(behaviour);
  const asked = String(attempt.params.scope ?? '').split(' ');
  return asked.filter((scope) => known.includes(scope));
}

function showStep(
  parts: LoginParts,
  attempt: Attempt,
  request: IncomingMessage,
  response: ServerResponse,
  failed: boolean,
): Promise<void> {
  const frame = frameOf(parts, attempt);
  const { account, charts, chart } = standing(parts, attempt);
  const appOrigin = new URL(String(attempt.params.redirect_uri)).origin;
  const nameOf = (practiceId: string) =>
    parts.practices.find((practice) => practice.id === practiceId)?.name ?? practiceId;
  let body: string;
  if (account === undefined || failed) body = loginPage(frame, parts.accounts, failed);
  else if (charts.length === 0) {
    body = errorPage('no_record', 'This login has no record at the clinic that was asked for.');
  } else if (chart === undefined) {
    const isPerPractice = new Set(charts.map(({ practiceId }) => practiceId)).size > 1;
    body = practicePage(
      frame,
      charts.map((entry) => ({
        ...entry,
        value: isPerPractice ? entry.practiceId : entry.patientId,
        practiceName: nameOf(entry.practiceId),
      })),
    );
  } else {
    const who = { label: chart.label, practiceName: nameOf(chart.practiceId) };
    body = consentPage(frame, who, askedScopes(parts, attempt));
  }
  return show(request, response, failed ? 401 : 200, body, appOrigin);
}

/** Who has signed in, their charts where the app asks, and the one that is settled: chosen, or the only one. */
function standing(
  { environment, logins }: LoginParts,
  attempt: Attempt,
): {
  account: Account | undefined;
  charts: readonly ChartAccess[];
  chart: ChartAccess | undefined;
} {
  const { username, choice = '' } = progressOf(attempt);
  const account = username === undefined ? undefined : logins.account(username);
  // Where `aud` names a clinic, the app has chosen it.
  const practiceId = environment.practiceOf(String(attempt.params.aud ?? '')) ?? '';
  const charts = (account?.charts ?? []).filter(
    (entry) => practiceId === '' || entry.practiceId === practiceId,
  );
  const [first, ...others] = charts;
  const chart = others.length === 0 ? first : charts.find((entry) => isChosen(entry, choice));
  return { account, charts, chart };
}

function isChosen({ practiceId, patientId }: ChartAccess, choice: string): boolean {
  return choice === practiceId || choice === patientId;
}

function frameOf({ environment, behaviour }: LoginParts, attempt: Attempt): PageFrame {
  return {
    action: `${environment.prefix}${loginPath}/${attempt.uid}`,
    clientId: String(attempt.params.client_id),
    environment: `${behaviour.name}, ${environment.name}`,
  };
}

function progressOf(attempt: Attempt): Progress {
  return ((attempt.result ?? {}) as { progress?: Progress }).progress ?? {};
}

async function remember(attempt: Attempt, progress: Progress): Promise<void> {
  attempt.result = { progress };
  await attempt.persist();
}

function show(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  appOrigin?: string,
): Promise<void> {
  return answer(request, response, {
    status,
    body,
    contentType: 'text/html; charset=utf-8',
    headers: {
      'Content-Security-Policy': contentSecurityPolicy(appOrigin),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
    },
  });
}

function seeOther(request: IncomingMessage, response: ServerResponse, to: string): Promise<void> {
  return answer(request, response, {
    status: 303,
    body: '',
    contentType: 'text/plain',
    headers: { Location: to },
  });
}

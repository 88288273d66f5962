// The pages of the simulated authorization server as text: sign-in, choice of practice, consent, errors. One form
// each and no script. It decides nothing and reads no request.

import { createHash } from 'node:crypto';
import type { Account, ChartAccess } from '../people/world.ts';

/** What every page but the error page knows of the attempt it belongs to. */
export type PageFrame = {
  /** Where the form posts to. */
  readonly action: string;
  readonly clientId: string;
  readonly environment: string;
};

/** The sign-in page; `failed` says that the last try was wrong. */
export function loginPage(frame: PageFrame, samples: readonly Account[], failed: boolean): string {
  const alert = failed
    ? '<p class="alert" role="alert">That user name and password do not belong together. Try one of the sample logins below.</p>'
    : '';
  const rows = samples
    .map(
      (account) =>
        `<tr><td>${escape(account.displayName)}</td><td><code>${escape(account.username)}</code><br><code>${escape(account.password)}</code></td></tr>`,
    )
    .join('');
  return page(
    'Sign in',
    frame.environment,
    `<h1>Sign in to your patient portal</h1>
<p><strong>${escape(frame.clientId)}</strong> wants to read your health record.</p>
${alert}
<form method="post" action="${escape(frame.action)}">
<label for="username">Email</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="off" autocapitalize="none" spellcheck="false" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required>
<button type="submit">Sign in</button>
</form>
<h2 id="samples">Sample logins</h2>
<p>Everyone here is made up.</p>
<div class="wide" tabindex="0" role="region" aria-labelledby="samples"><table><thead><tr><th scope="col">Who</th><th scope="col">Email and password</th></tr></thead><tbody>${rows}</tbody></table></div>`,
  );
}

/** The choice among the charts that an account reaches. */
export function practicePage(
  frame: PageFrame,
  charts: readonly (ChartAccess & { readonly value: string; readonly practiceName: string })[],
): string {
  const choices = charts
    .map(
      (
        chart,
        position,
      ) => `<label class="choice"><input type="radio" name="practice" value="${escape(chart.value)}"${position === 0 ? ' checked' : ''} required>
<span><strong>${escape(chart.practiceName)}</strong><br>${escape(chart.label)}</span></label>`,
    )
    .join('\n');
  return page(
    'Choose a practice',
    frame.environment,
    `<h1>Which record?</h1>
<p>Your account reaches more than one. Choose the one that <strong>${escape(frame.clientId)}</strong> may read.</p>
<form method="post" action="${escape(frame.action)}">
<fieldset><legend>Practice</legend>
${choices}
</fieldset>
<button type="submit">Continue</button>
</form>
${startAgain(frame)}`,
  );
}

/** The consent page: every scope that was asked for, ticked. */
export function consentPage(
  frame: PageFrame,
  who: { readonly label: string; readonly practiceName: string },
  scopes: readonly string[],
): string {
  const boxes = scopes
    .map(
      (scope) =>
        `<label class="scope"><input type="checkbox" name="scope" value="${escape(scope)}" checked><span>${escape(describe(scope))} <code>${escape(scope)}</code></span></label>`,
    )
    .join('\n');
  return page(
    'Allow access',
    frame.environment,
    `<h1>Allow access to the record?</h1>
<p><strong>${escape(frame.clientId)}</strong> asks to read what <strong>${escape(who.practiceName)}</strong> holds: ${escape(who.label)}.</p>
<form method="post" action="${escape(frame.action)}">
<div class="buttons top"><button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny" class="quiet">Deny</button></div>
<fieldset><legend>What may be read</legend>
${boxes}
</fieldset>
</form>
${startAgain(frame)}`,
  );
}

/** The page for an authorization request that cannot be sent back to the app. */
export function errorPage(error: string, description: string | undefined): string {
  return page(
    'Request refused',
    undefined,
    `<h1>This request cannot go on</h1>
<p>${escape(description ?? 'The authorization server refused the request.')}</p>
<p><code>${escape(error)}</code></p>
<p>Nothing was shared. Go back to the app and start again.</p>`,
  );
}

/** A page that only says something. */
export function messagePage(title: string, sentence: string): string {
  return page(title, undefined, `<h1>${escape(title)}</h1><p>${escape(sentence)}</p>`);
}

/** A whole page around a body that is already HTML; `environment` is named in the banner. */
export function page(title: string, environment: string | undefined, body: string): string {
  const where = environment === undefined ? '' : ` (${escape(environment)})`;
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} – Simulated patient portal</title><style>${style}</style></head>
<body><header><p>Simulated patient portal${where}</p></header>
<main>${body}</main></body></html>`;
}

/** The policy that goes with every page: no script, and forms only to this server and then back to the app. */
export function contentSecurityPolicy(appOrigin?: string): string {
  const forms = ["'self'", ...(appOrigin === undefined ? [] : [appOrigin])].join(' ');
  return `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${forms}; base-uri 'none'; frame-ancestors 'none'`;
}

/** Text made safe for HTML content and quoted attributes. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function startAgain(frame: PageFrame): string {
  return `<p><a href="${escape(frame.action)}?restart=1">Use another account</a></p>`;
}

function describe(scope: string): string {
  if (scope === 'openid') return 'Know who signed in';
  if (scope === 'fhirUser') return 'Know your own record’s address';
  if (scope === 'offline_access') return 'Stay connected when you are away';
  if (scope === 'launch/patient') return 'Know whose record this is';
  const type = /^patient\/(\w+)\./.exec(scope)?.[1] ?? scope;
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}

const style = `
:root{color-scheme:light dark;--ink:#1d2433;--soft:#5b6475;--paper:#f3f5f8;--card:#fff;--line:#8a93a3;--accent:#5b2d8e;--on:#fff;--warn:#8f1d1d}
@media (prefers-color-scheme:dark){:root{--ink:#e8ebf1;--soft:#a9b2c2;--paper:#12151c;--card:#1b202a;--line:#6d7687;--accent:#c3a1ee;--on:#1a1026;--warn:#ff9d9d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header p{margin:0;padding:.75rem 1rem;text-align:center;font-weight:600;color:var(--soft)}
main{max-width:30rem;margin:0 auto 3rem;padding:1.5rem;background:var(--card);border-radius:.75rem;box-shadow:0 1px 3px #0003}
main.broad{max-width:56rem}
@media (max-width:32rem){main{margin:0 .75rem 2rem;padding:1.25rem}}
h1{font-size:1.375rem;line-height:1.25;margin:0 0 .75rem}
h2{font-size:1rem;margin:1.75rem 0 .25rem}
p{margin:.5rem 0}
form{margin:1.25rem 0 0}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
input[type=text],input[type=password]{width:100%;padding:.625rem .75rem;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:.5rem}
button{display:inline-block;margin-top:1.25rem;padding:.625rem 1.25rem;font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:1px solid var(--accent);border-radius:.5rem;cursor:pointer}
button.quiet{color:var(--accent);background:none}
form>button{width:100%}
.buttons{display:flex;gap:.75rem}.buttons button{flex:1;margin-top:0}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
fieldset{border:0;margin:1.25rem 0 0;padding:0}
legend{font-weight:600;padding:0;margin-bottom:.25rem}
.choice,.scope{display:flex;gap:.75rem;font-weight:400;margin:0;padding:.625rem 0;border-top:1px solid color-mix(in srgb,var(--line) 40%,transparent)}
.choice input,.scope input{flex:none;width:1.125rem;height:1.125rem;margin:.2rem 0 0;accent-color:var(--accent)}
code{font:.8125rem ui-monospace,SFMono-Regular,Menlo,monospace;color:var(--soft);overflow-wrap:anywhere}
a{color:var(--accent)}
.alert{color:var(--warn);font-weight:600}
.wide{overflow-x:auto;margin-top:.75rem}
table{width:100%;border-collapse:collapse;font-size:.875rem}
td code{white-space:nowrap}
th,td{text-align:left;padding:.375rem .75rem .375rem 0;vertical-align:top;border-top:1px solid color-mix(in srgb,var(--line) 40%,transparent)}
th{color:var(--soft);font-weight:600}
`;

const styleHash = createHash('sha256').update(style).digest('base64');

// The simulator's own page, which says what is simulated and has a switch for each fault. Text only.

import type { Control } from './control.ts';
import { faultCatalogue } from './faults.ts';
import { escape, page } from './smart-server/pages.ts';

/** The page at `/`. */
export function homePage(state: ReturnType<Control['describe']>): string {
  const body = `<h1>Simulated patient portals</h1>
<p>This stands in for the vendors below so that everything can be tried without a registration or a real record. All people, practices and results are made up. Histories end on ${escape(state.world.anchor)}.</p>
${state.environments.map(environmentSection).join('\n')}
${faultForm(new Set(state.faults.map((fault) => fault.name)))}
<h2>Requests</h2><p>${state.requests.all} so far, ${state.requests.token} of them for tokens.</p>`;
  return page('Simulator', undefined, body).replace('<main>', '<main class="broad">');
}

type EnvironmentState = ReturnType<Control['describe']>['environments'][number];

function environmentSection(environment: EnvironmentState): string {
  const practices = environment.practices
    .map(
      ({ id, name, city, state }) =>
        `<tr><td>${escape(name)}</td><td>${escape(city)}, ${escape(state)}</td><td><code>${escape(id)}</code></td></tr>`,
    )
    .join('');
  const accounts = environment.accounts
    .map(
      ({ displayName, username, password }) =>
        `<tr><td>${escape(displayName)}</td><td><code>${escape(username)}</code></td><td><code>${escape(password)}</code></td></tr>`,
    )
    .join('');
  const clients = environment.clients.map(
    ({ clientId, auth }) => `<code>${escape(clientId)}</code> (${escape(auth)})`,
  );
  const name = escape(`${environment.portal}-${environment.name}`);
  const title = `${escape(environment.portal)}, ${escape(environment.name)}`;
  return `<section aria-labelledby="${name}"><h2 id="${name}">${title}</h2>
<p>FHIR server <code>${escape(environment.fhirBaseUrl)}</code>, ${environment.resources} resources. Registered apps: ${clients.length === 0 ? 'none' : clients.join(', ')}.</p>
${table(`Practices in ${title}`, ['Practice', 'Town', 'Number'], practices)}
${table(`Logins in ${title}`, ['Who', 'Email', 'Password'], accounts)}</section>`;
}

function table(label: string, columns: readonly string[], rows: string): string {
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('');
  return `<div class="wide" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function faultForm(on: ReadonlySet<string>): string {
  const boxes = faultCatalogue
    .map(
      ({ name, sentence }) =>
        `<label class="scope"><input type="checkbox" name="fault" value="${name}"${on.has(name) ? ' checked' : ''}><span><code>${name}</code><br>${escape(sentence)}</span></label>`,
    )
    .join('\n');
  return `<h2 id="faults">Faults</h2>
<form method="post" action="/_simulator/faults"><fieldset><legend>What the portal does wrong from now on</legend>
${boxes}</fieldset><button type="submit">Set faults</button></form>`;
}

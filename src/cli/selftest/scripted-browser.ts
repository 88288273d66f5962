// Owns walking through a portal's sign-in pages as a person would, by script: follows redirects, keeps cookies
// by host as a browser does (ports don't count), fills in the forms. For simulated portals only.

export type Answers = {
  readonly username: string;
  readonly password: string;
  /** The value of the practice to choose, where a page asks. */
  readonly practice: string;
  readonly decision: 'allow' | 'deny';
};

const MOST_STEPS = 30;

/**
 * Follows `start` to the end, or to an address that begins with `stopAt`, which is not asked for.
 * @returns the last page's address, status and text
 */
export async function walk(
  start: string,
  answers: Answers,
  options: { stopAt?: string } = {},
): Promise<{ url: string; status: number; text: string }> {
  const jar = new Map<string, Map<string, string>>();
  let next: { url: string; body?: URLSearchParams } = { url: start };
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const response = await visit(jar, next);
    const location = response.headers.get('location');
    if (location && response.status >= 300 && response.status < 400) {
      next = { url: new URL(location, next.url).href };
      if (options.stopAt && next.url.startsWith(options.stopAt))
        return { url: next.url, status: 0, text: '' };
      continue;
    }
    const text = await response.text();
    const form = response.status < 400 ? filledForm(text, next.url, answers) : null;
    if (!form) return { url: next.url, status: response.status, text };
    next = form;
  }
  throw new Error(`The sign-in did not end after ${MOST_STEPS} steps.`);
}

async function visit(
  jar: Map<string, Map<string, string>>,
  to: { url: string; body?: URLSearchParams },
): Promise<Response> {
  const { hostname, origin } = new URL(to.url);
  const cookies = jar.get(hostname) ?? new Map<string, string>();
  jar.set(hostname, cookies);
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const response = await fetch(to.url, {
    redirect: 'manual',
    method: to.body ? 'POST' : 'GET',
    ...(to.body ? { body: to.body } : {}),
    headers: { accept: 'text/html', ...(cookie ? { cookie } : {}), ...(to.body ? { origin } : {}) },
  });
  for (const line of response.headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const name = pair.slice(0, at).trim();
    const isGone = attributes.some((a) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(a));
    if (isGone) cookies.delete(name);
    else cookies.set(name, pair.slice(at + 1).trim());
  }
  return response;
}

/** The page's form with every field it has, and the person's answers in those that ask. */
function filledForm(html: string, pageUrl: string, answers: Answers) {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html);
  if (!form) return null;
  const body = new URLSearchParams();
  const fields = form[2] ?? '';
  for (const [tag] of fields.matchAll(/<input\b[^>]*>/gi)) {
    const name = attribute(tag, 'name');
    const type = attribute(tag, 'type') ?? 'text';
    const value = attribute(tag, 'value') ?? '';
    if (!name || type === 'submit') continue;
    if (name === 'username' || name === 'login') body.set(name, answers.username);
    else if (name === 'password') body.set(name, answers.password);
    else if (type === 'radio') {
      if (value === answers.practice) body.set(name, value);
    } else if (type !== 'checkbox' || /\schecked\b/i.test(tag)) body.append(name, value);
  }
  if (/name="decision"/.test(fields)) body.set('decision', answers.decision);
  return { url: new URL(attribute(form[1] ?? '', 'action') ?? '', pageUrl).href, body };
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return found
    ?.replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<');
}

// Owns a recording of what a server answered: while it runs, every answer that this process gets from an address is kept,
// heads and bodies, whoever asked, and every cookie that was given. And a visitor who keeps cookies as a browser does.

import type { Place, Secret } from './scan.ts';

export type Recording = {
  readonly places: readonly Place[];
  /** The values of the cookies that were given. */
  readonly secrets: readonly Secret[];
  stop(): void;
};

/** Begins to record the answers of a server. */
export function recordAnswers(origin: string): Recording {
  const places: Place[] = [];
  const secrets: Secret[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const response = await real(input, init);
    if (url.origin !== origin) return response;
    const body = await readSome(response);
    const name = `answer ${init?.method ?? 'GET'} ${pathOf(url)}`;
    places.push({ name: `${name}, body`, bytes: body });
    for (const [header, value] of response.headers)
      places.push({ name: `${name}, ${header}`, bytes: Buffer.from(value) });
    secrets.push(...response.headers.getSetCookie().flatMap(secretsIn));
    const { status, headers } = response;
    return new Response(body.length > 0 ? Buffer.from(body) : null, { status, headers });
  };
  return {
    places,
    secrets,
    stop: () => {
      globalThis.fetch = real;
    },
  };
}

function secretsIn(cookie: string): Secret[] {
  const { name, value } = readCookie(cookie);
  // Each attempt at a portal has a cookie of its own.
  return value ? [{ kind: `cookie ${name.replace(/(?<=-attempt)-.*/, '')}`, value }] : [];
}

function readCookie(line: string): { name: string; value: string } {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  return { name, value: /max-age=0\b/i.test(line) ? '' : value };
}

/** Of a stream that goes on for ever, what it begins with. */
async function readSome(response: Response): Promise<Uint8Array> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return new Uint8Array(await response.arrayBuffer());
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return first?.value ?? new Uint8Array();
}

/** As a template: what stands in an address may itself be secret. */
function pathOf(url: URL): string {
  return url.pathname.replaceAll(/\/[\w-]{20,}(?=\/|$)/g, '/{id}');
}

export type Visitor = {
  ask(path: string, body?: unknown, method?: string): Promise<Response>;
  /** The same, as JSON. @throws where it is refused */
  json<T>(path: string, body?: unknown, method?: string): Promise<T>;
};

/** Somebody with a browser of their own. */
export function visitorOf(origin: string): Visitor {
  const jar = new Map<string, string>();
  const visitor: Visitor = {
    async ask(path, body, method = body === undefined ? 'GET' : 'POST') {
      const response = await fetch(`${origin}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          origin,
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      for (const line of response.headers.getSetCookie()) {
        const { name, value } = readCookie(line);
        if (value) jar.set(name, value);
        else jar.delete(name);
      }
      return response;
    },
    async json(path, body, method) {
      const response = await visitor.ask(path, body, method);
      if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
      return response.json();
    },
  };
  return visitor;
}

// Owns the reference of the HTTP API: a row for each route, and the shapes of what goes in and comes out, from the
// declarations that the router and /api/openapi.json are made from.

import { declareRoutes } from '../../src/http/server.ts';
import { createApi } from '../../src/http/api.ts';
import type { App } from '../../src/http/app.ts';
import { heading, table } from './markdown.ts';

type Schema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
};
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type Operation = {
  readonly summary?: string;
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
};

/** Addresses that are no part of the described API: what they answer is no JSON of ours, or a page. */
const beside: readonly (readonly [string, string])[] = [
  [
    'GET /api/health',
    'whether the server answers; without signing in, and says nothing about anyone',
  ],
  ['GET /api/openapi.json', 'this description, OpenAPI 3.1'],
  [
    'GET /connect/{link}',
    'begins an authorization: an attempt cookie and a redirect to the portal',
  ],
  ['GET {callback path of the portal}', 'where the portal sends the browser back'],
  ['GET /.well-known/jwks.json', 'the public keys for production portals'],
  ['GET /.well-known/jwks-preview.json', 'the public keys for preview portals'],
  ['GET /signed-out', 'a page to come back to from a portal'],
];

export function apiPage(): string {
  const operations = describedOperations();
  const list = operations.map(({ name, operation }) => [`\`${name}\``, operation.summary ?? '']);
  const parts = operations.map(({ name, operation }) => {
    const body = operation.requestBody && shapeOf(operation.requestBody.content);
    const reply = shapeOf(operation.responses['200']?.content ?? {});
    const blocks = [
      ...(body ? [`Body:\n\n\`\`\`ts\n${body}\n\`\`\`\n`] : []),
      `Answer:\n\n\`\`\`ts\n${reply}\n\`\`\`\n`,
    ];
    return `### ${name}\n\n${operation.summary ?? ''}.\n\n${blocks.join('\n')}`;
  });
  return [
    heading('HTTP API', 'the routes under src/http/routes'),
    'A session cookie is needed except for signing in; methods that change something need the `Origin` of `PUBLIC_URL`. What goes wrong is answered as problem+json ([codes](errors.gen.md)).\n',
    `## Routes\n\n${table(['route', 'what it does'], list)}\n`,
    `## Beside these\n\n${table(
      ['address', 'what it is'],
      beside.map(([name, what]) => [`\`${name}\``, what]),
    )}\n`,
    '## Shapes\n',
    ...parts,
  ].join('\n');
}

/** Declaring a route touches nothing of the program but its address, so none is put together for this. */
function describedOperations(): readonly { name: string; operation: Operation }[] {
  const publicUrl = 'http://localhost:4200';
  const app = new Proxy({ publicUrl } as App, {
    get(target, name) {
      if (name === 'publicUrl') return target.publicUrl;
      throw new Error(`a declaration touched ${String(name)}`);
    },
  });
  const api = createApi(app);
  declareRoutes(api);
  const document = api.router.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Chartfold', version: '1' },
  });
  return Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

function shapeOf(content: Content): string {
  return typeOf(Object.values(content)[0]?.schema ?? {}, '');
}

/** A schema in the notation of TypeScript, which is shorter than its own. */
function typeOf(schema: Schema, indent: string): string {
  const among = schema.anyOf ?? schema.oneOf;
  if (among) return [...new Set(among.map((one) => typeOf(one, indent)))].join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const types = [schema.type ?? 'unknown'].flat();
  return types.map((type) => simpleType(type, schema, indent)).join(' | ');
}

function simpleType(type: string, schema: Schema, indent: string): string {
  if (type === 'integer') return 'number';
  if (type === 'array') {
    const item = typeOf(schema.items ?? {}, indent);
    return item.includes(' | ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
  }
  if (type !== 'object') return type;
  const { properties, additionalProperties, required = [] } = schema;
  if (!properties)
    return typeof additionalProperties === 'object'
      ? `Record<string, ${typeOf(additionalProperties, indent)}>`
      : 'object';
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(
    ([name, value]) =>
      `${inner}${name}${required.includes(name) ? '' : '?'}: ${typeOf(value, inner)};`,
  );
  return `{\n${fields.join('\n')}\n${indent}}`;
}

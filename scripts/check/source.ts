// Owns the reading of a source file for the checks: what it imports, and a walk over its syntax. The parser is the
// one that the build already uses. It judges nothing.

import { dirname, posix } from 'node:path';
import { parseSync } from 'vite';

/** A node of the syntax tree, as the parser gives it. */
export type Node = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [key: string]: unknown;
};

/** One import or export-from. `target` is a path from the root when it is a file of ours, else a package's name. */
export type Import = {
  readonly target: string;
  readonly isOurs: boolean;
  /** Only types are taken, so nothing of it is loaded. */
  readonly isType: boolean;
  readonly line: number;
};

export type Source = {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly program: Node;
};

/** @throws Error when the file can't be parsed */
export function readSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const fault = parsed.errors[0];
  if (fault) throw new Error(`${path}: ${fault.message}`);
  const program = parsed.program as unknown as Node;
  const imports: Import[] = [];
  walk(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier !== undefined)
      imports.push({
        ...resolved(path, specifier),
        isType: isTypeOnly(node),
        line: lineOf(text, node.start),
      });
  });
  return { path, text, imports, program };
}

/** Visits each node, parents first. `visit` gets the parent too, and the name of the field that holds the node. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | null, field: string) => void,
  parent: Node | null = null,
  field = '',
): void {
  visit(node, parent, field);
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) walk(child, visit, node, name);
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The line of a position, from 1. */
export function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

function specifierOf(node: Node): string | undefined {
  const holds = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration'];
  const source =
    holds.includes(node.type) || node.type === 'ImportExpression'
      ? node.source
      : node.type === 'TSImportType'
        ? (node.source ?? node.argument)
        : undefined;
  if (!isNode(source)) return undefined;
  const value = isNode(source.literal) ? source.literal.value : source.value;
  return typeof value === 'string' ? value : undefined;
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : [];
  return (
    specifiers.length > 0 &&
    specifiers.every((s: Node) => s.importKind === 'type' || s.exportKind === 'type')
  );
}

function resolved(path: string, specifier: string): Pick<Import, 'target' | 'isOurs'> {
  if (specifier.startsWith('.'))
    return { target: posix.join(dirname(path), specifier), isOurs: true };
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
  return { target: name, isOurs: false };
}

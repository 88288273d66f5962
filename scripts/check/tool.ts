// Owns the starting of other programs for the checks: their output is kept, to be shown only when it is wanted.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './tree.ts';

/** What a program left behind: its exit code (1 when it was ended by a signal) and all that it wrote, in order. */
export type ToolResult = { readonly code: number; readonly output: string };

/** Runs a program of node_modules by the file that holds it, on this Node. */
export function runTool(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  return runProgram(process.execPath, [join(ROOT, 'node_modules', file), ...args], env);
}

/** Runs a program; one that can't be started counts as failed, with the reason as its output. */
export function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) =>
      done({ code: 1, output: `${command} could not be started: ${error.message}` }),
    );
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}

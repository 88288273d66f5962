#!/usr/bin/env node
// The command line's entry: finds the right Node, then hands over. `serve` and `selftest` need the web part built.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare, run } from '../scripts/launch.js';

const main = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src', 'main.ts');
const args = process.argv.slice(2);
run(prepare({ web: args[0] === 'serve' || args[0] === 'connect' }), [main, ...args]);

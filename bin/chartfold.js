#!/usr/bin/env node
// The command line's entry: finds the right Node, then hands over. `serve` and `selftest` need the web part built.

import { PROGRAM, prepare, run } from '../scripts/launch.js';

const args = process.argv.slice(2);
run(prepare({ web: args[0] === 'serve' || args[0] === 'connect' }), [...PROGRAM, ...args]);

// Owns the list of vendors. A new one is a folder and a line here.

import { athenahealthHooks } from './athenahealth/hooks.ts';
import { athenahealth } from './athenahealth/portal.ts';
import { readAthenahealthDirectory } from './athenahealth/directory.ts';
import { healow } from './healow/portal.ts';
import { readHealowDirectory } from './healow/directory.ts';
import type { Vendor } from './portal.ts';
import { smart } from './smart/portal.ts';

export const vendors: readonly Vendor[] = [
  { portal: athenahealth, hooks: athenahealthHooks, readDirectory: readAthenahealthDirectory },
  { portal: healow, hooks: {}, readDirectory: readHealowDirectory },
  { portal: smart, hooks: {}, readDirectory: () => ({ clinics: [], unreadable: 0 }) },
];

/** The vendor that the self-test and the benchmark connect to, unless another is named. */
export const firstVendor: string = athenahealth.id;

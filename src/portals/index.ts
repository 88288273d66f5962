// Owns the list of vendors. A new one is a folder and a line here.

import { athenahealthHooks } from './athenahealth/hooks.ts';
import { athenahealth } from './athenahealth/portal.ts';
import { readAthenahealthDirectory } from './athenahealth/directory.ts';
import type { Vendor } from './portal.ts';
import { smart } from './smart/portal.ts';

/** Whose servers are added one by one: those of no vendor in particular. */
export const openVendor: Vendor = {
  portal: smart,
  hooks: {},
  readDirectory: () => ({ clinics: [], unreadable: 0 }),
};

export const vendors: readonly Vendor[] = [
  { portal: athenahealth, hooks: athenahealthHooks, readDirectory: readAthenahealthDirectory },
  openVendor,
];

/** The vendor that the self-test and the benchmark connect to, unless another is named. */
export const firstVendor: string = athenahealth.id;

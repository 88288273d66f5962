// Owns the list of vendors. A new one is a folder and a line here.

import { athenahealthHooks } from './athenahealth/hooks.ts';
import { athenahealth } from './athenahealth/portal.ts';
import { readAthenahealthDirectory } from './athenahealth/directory.ts';
import { onpatient } from './onpatient/portal.ts';
import type { Vendor } from './portal.ts';
import { smart } from './smart/portal.ts';

export const vendors: readonly Vendor[] = [
  { portal: athenahealth, hooks: athenahealthHooks, readDirectory: readAthenahealthDirectory },
  { portal: onpatient, hooks: {}, readDirectory: noDirectory },
  { portal: smart, hooks: {}, readDirectory: noDirectory },
];

/** The vendor that the self-test and the benchmark connect to, unless another is named. */
export const firstVendor: string = athenahealth.id;

/** Of a vendor that publishes no list. */
function noDirectory() {
  return { clinics: [], unreadable: 0 };
}

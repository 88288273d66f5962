// Owns the list of vendors and of readers of their lists of clinics. A new one is a folder and its lines here.

import { athenahealthDirectory } from './athenahealth/directory.ts';
import { athenahealthHooks } from './athenahealth/hooks.ts';
import { athenahealth } from './athenahealth/portal.ts';
import { healowDirectory } from './healow/directory.ts';
import { healow } from './healow/portal.ts';
import { onpatient } from './onpatient/portal.ts';
import type { DirectoryReader, Vendor } from './portal.ts';
import { smartDirectory } from './smart/directory.ts';
import { smart } from './smart/portal.ts';

/** Whose servers are added one by one: those of no vendor in particular. */
export const openVendor: Vendor = { portal: smart, hooks: {} };

export const vendors: readonly Vendor[] = [
  { portal: athenahealth, hooks: athenahealthHooks },
  { portal: healow, hooks: {} },
  { portal: onpatient, hooks: {} },
  openVendor,
];

/** By vendor: the reader of its lists of clinics; the last one takes what is no other's. */
export const directoryReaders: Readonly<Record<string, DirectoryReader>> = {
  athenahealth: athenahealthDirectory,
  healow: healowDirectory,
  smart: smartDirectory,
};

/** The vendor that the self-test and the benchmark connect to, unless another is named. */
export const firstVendor: string = athenahealth.id;

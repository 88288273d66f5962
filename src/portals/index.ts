// Owns the list of vendors. A new one is a folder and a line here.

import { athenahealthDirectory } from './athenahealth/directory.ts';
import { athenahealthHooks } from './athenahealth/hooks.ts';
import { athenahealth } from './athenahealth/portal.ts';
import { healowDirectory } from './healow/directory.ts';
import { healow } from './healow/portal.ts';
import { onpatient } from './onpatient/portal.ts';
import type { Vendor } from './portal.ts';
import { smartDirectory } from './smart/directory.ts';
import { smart } from './smart/portal.ts';

/** Whose servers are added one by one: those of no vendor in particular. */
export const openVendor: Vendor = { portal: smart, hooks: {}, directory: smartDirectory };

/** The last one takes lists of clinics that are no other's. */
export const vendors: readonly Vendor[] = [
  { portal: athenahealth, hooks: athenahealthHooks, directory: athenahealthDirectory },
  { portal: healow, hooks: {}, directory: healowDirectory },
  { portal: onpatient, hooks: {}, directory: null },
  openVendor,
];

/** The vendor that the self-test and the benchmark connect to, unless another is named. */
export const firstVendor: string = athenahealth.id;

/** What a vendor is called, by its id or the key of a portal of its; the key itself where there is none such any more. */
export function vendorName(key: string): string {
  const [id] = key.split('/');
  return vendors.find(({ portal }) => portal.id === id)?.portal.name ?? key;
}

/** The vendor whose clinics a list names, as it says by itself. */
export function vendorOfList(text: string): Vendor | undefined {
  const beginning = text.slice(0, BEGINNING);
  return vendors.find(({ directory }) => directory?.isOwn(beginning));
}

const BEGINNING = 64 * 1024;

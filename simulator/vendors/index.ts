// The vendors that are simulated. A new one is a file and a line here.

import { athenahealthVendor } from './athenahealth.ts';
import { healowVendor } from './healow.ts';
import { smartVendor } from './smart.ts';
import type { SimulatedVendor } from './vendor.ts';

export const simulatedVendors: readonly SimulatedVendor[] = [
  athenahealthVendor,
  healowVendor,
  smartVendor,
];

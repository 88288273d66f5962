// The vendors that are simulated. A new one is a file and a line here.

import { athenahealthVendor } from './athenahealth.ts';
import { healowVendor } from './healow.ts';
import { onpatientVendor } from './onpatient.ts';
import { smartVendor } from './smart.ts';
import type { SimulatedVendor } from './vendor.ts';

export const simulatedVendors: readonly SimulatedVendor[] = [
  athenahealthVendor,
  healowVendor,
  onpatientVendor,
  smartVendor,
];

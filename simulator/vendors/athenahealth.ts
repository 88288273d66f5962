// athenahealth, simulated.

import { athenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import { athenahealthFilling } from '../directories/generate.ts';
import { generateWorld } from '../people/generate.ts';
import { directoryBundle } from './athenahealth-directory.ts';
import type { SimulatedVendor } from './vendor.ts';

export const athenahealthVendor: SimulatedVendor = {
  id: 'athenahealth',
  environments: ['production', 'preview'],
  behaviour: athenahealthBehaviour,
  generateWorld,
  directory: directoryBundle,
  filling: athenahealthFilling,
};

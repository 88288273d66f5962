// athenahealth, simulated.

import { athenahealthBehaviour } from '../../src/portals/athenahealth/behaviour.ts';
import { athenahealthFilling } from '../directories/generate.ts';
import { peopleOf } from '../people/family.ts';
import { generateWorld } from '../people/generate.ts';
import { practicesOf } from '../people/practices.ts';
import { directoryBundle } from './athenahealth-directory.ts';
import type { SimulatedVendor } from './vendor.ts';

export const athenahealthVendor: SimulatedVendor = {
  id: 'athenahealth',
  environments: ['production', 'preview'],
  behaviour: athenahealthBehaviour,
  generateWorld: (request, emit) =>
    generateWorld(
      request,
      { practices: practicesOf(request.environment), ...peopleOf(request.environment) },
      emit,
    ),
  list: { text: directoryBundle, filling: athenahealthFilling },
};

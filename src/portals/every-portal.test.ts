// Every vendor keeps the contract of a portal against its own simulator.

import { vendors } from './index.ts';
import { portalContract } from './portal.contract.ts';

for (const vendor of vendors) portalContract(vendor);

// What a simulated vendor is beside its behaviour: who its patients are, and the list of clinics that it publishes.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { Filling } from '../directories/generate.ts';
import type { Environment, EnvironmentName } from '../environments.ts';
import type { GeneratedResource, Practice, World, WorldRequest } from '../people/world.ts';

export type SimulatedVendor = {
  /** As the product calls it; addresses begin with it. */
  readonly id: string;
  readonly environments: readonly EnvironmentName[];
  readonly behaviour: PortalBehaviour;
  /**
   * Makes the world of one environment; the same request gives the same world.
   *
   * @param emit is given each resource as soon as it is made, so that the objects need not all be kept
   */
  generateWorld(request: WorldRequest, emit: (generated: GeneratedResource) => void): World;
  /** The list of clinics that it publishes, where its behaviour has an address for one. */
  readonly list: PublishedList | null;
};

export type PublishedList = {
  text(environment: Environment, practices: readonly Practice[]): string;
  /** How it grows to the vendor's size, where a test asks for it. */
  readonly filling: Filling;
};

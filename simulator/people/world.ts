// The shapes of what is simulated: practices, portal accounts, and the resources of each chart. Shapes only.

import type { PortalBehaviour } from '../../src/portals/behaviour.ts';
import type { EnvironmentName } from '../environments.ts';
import type { Resource } from '../json-text.ts';

/** A tenant of the vendor: what a person calls their clinic. */
export type Practice = {
  /** The number in `a-1.Practice-{id}` and in every id of its charts. */
  readonly id: string;
  readonly name: string;
  readonly line: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  readonly phone: string;
  /** Where it has not switched patients' interface on, and nobody has a chart that could be read. */
  readonly isOff?: true;
};

/** One person's chart at one practice, as an account reaches it. */
export type ChartAccess = {
  readonly patientId: string;
  readonly practiceId: string;
  /** How the practice page names it, such as "Ada, your daughter". */
  readonly label: string;
};

/** A login of the patient portal. */
export type Account = {
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
  /** The chart of the person who signs in, for `fhirUser`. */
  readonly ownPatientId: string;
  readonly charts: readonly ChartAccess[];
};

/** A resource with what the server knows about it besides its text. */
export type GeneratedResource = {
  readonly resource: Resource;
  /** The patient whose compartment it is in; absent for practitioners, organisations, locations, medications. */
  readonly patientId?: string;
  /** When it last changed, known to the server even where `meta.lastUpdated` is missing. */
  readonly updated: string;
};

/** Who and where; the resources are handed out one by one as they are made. */
export type World = {
  readonly practices: readonly Practice[];
  readonly accounts: readonly Account[];
};

/** What decides a world: the same request gives the same world, byte for byte. */
export type WorldRequest = {
  readonly environment: EnvironmentName;
  readonly seed: number;
  /** How many people there are besides the family. */
  readonly people: number;
  /** About how many resources the main adult's chart has; `undefined` for what ten years bring. */
  readonly size: number | undefined;
  /** The day on which the histories end, `YYYY-MM-DD`. */
  readonly anchor: string;
  /** Other shares than those of the recorded sample. */
  readonly rates?: PortalBehaviour['rates'];
};

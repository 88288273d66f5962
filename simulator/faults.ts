// The catalogue of everything the simulator can do wrong on request, and the switches that turn it on.
// It decides whether a fault strikes now; what striking means is written where the answer is made.

export type FaultName = (typeof faultCatalogue)[number]['name'];

/** A fault that is on, with its parameters; what is left out means "always" and "everywhere". */
export type FaultSetting = {
  readonly name: FaultName;
  /** Strikes this many times, then is spent. */
  readonly times?: number;
  /** Strikes only requests for this resource type. */
  readonly type?: string;
  /** Lets this many requests that it could strike pass first. */
  readonly after?: number;
  /** `page.429`: seconds in a Retry-After header; without it the header is not sent. */
  readonly retryAfter?: number;
  /** `page.too-many`, `page.small`: the most entries a page that the portal bears, or gives. */
  readonly most?: number;
  /** `clock.skew`: by how much the portal's clock is ahead; negative behind. */
  readonly minutes?: number;
  /** `patient.20k-documents`: how many in place of 20,000. */
  readonly documents?: number;
  /** `reply.slow`, `token.slow`: how long each answer is held back. */
  readonly delayMs?: number;
  /** `page.next-link-foreign-host`, `binary.foreign-host`: the origin put into the link. */
  readonly origin?: string;
  /** `search.in-parts`: of which one value must be named. */
  readonly parameter?: string;
  /** `scope.narrowed`: the scopes that are left out of the grant. */
  readonly scopes?: readonly string[];
};

/** Every fault: its name, what the portal then does, and the parameters it reads besides `times` and `after`. */
export const faultCatalogue = [
  {
    name: 'page.500',
    sentence: 'A page of a search is answered with 500 and an OperationOutcome.',
    parameters: ['type'],
  },
  {
    name: 'page.429',
    sentence: 'A page of a search is answered with 429, with Retry-After when asked for.',
    parameters: ['type', 'retryAfter'],
  },
  {
    name: 'page.too-many',
    sentence:
      'A search that asks for more entries a page than the portal bears is answered with 500.',
    parameters: ['type', 'most'],
  },
  {
    name: 'page.small',
    sentence: 'A page holds fewer entries than were asked for.',
    parameters: ['type', 'most'],
  },
  {
    name: 'page.reset',
    sentence: 'The connection is cut instead of answering a page.',
    parameters: ['type'],
  },
  {
    name: 'page.html-error',
    sentence: 'A page of a search is an HTML page of a load balancer, status 503.',
    parameters: ['type'],
  },
  {
    name: 'page.truncated-json',
    sentence: 'A page of a search ends in the middle of its JSON.',
    parameters: ['type'],
  },
  {
    name: 'page.next-link-foreign-host',
    sentence: 'The next link points at another origin.',
    parameters: ['type', 'origin'],
  },
  {
    name: 'page.next-cycle',
    sentence: 'The next link leads back to the page it stands on.',
    parameters: ['type'],
  },
  {
    name: 'page.endless',
    sentence: 'Each page links to a further one, with a link that was never given before.',
    parameters: ['type'],
  },
  {
    name: 'page.other-patient',
    sentence: 'A page also holds two records of another patient, each with its Provenance.',
    parameters: ['type'],
  },
  {
    name: 'page.latin-1',
    sentence: 'A page is written in ISO-8859-1, and its Content-Type says so.',
    parameters: ['type'],
  },
  {
    name: 'page.invalid-utf8',
    sentence: 'A page holds a byte that is no UTF-8.',
    parameters: ['type'],
  },
  {
    name: 'search.in-parts',
    sentence:
      'A search that does not name one category, or one value of the parameter given, is refused with 400.',
    parameters: ['type', 'parameter'],
  },
  {
    name: 'search.no-count',
    sentence: 'A search that says how many records it wants a page is refused with 400.',
    parameters: ['type'],
  },
  {
    name: 'search.one-id',
    sentence: 'A search that names several ids is refused with 400.',
    parameters: ['type'],
  },
  {
    name: 'metadata.html',
    sentence: 'The CapabilityStatement is an HTML page with status 200.',
    parameters: [],
  },
  {
    name: 'metadata.empty',
    sentence: 'The CapabilityStatement lists no kinds of records.',
    parameters: [],
  },
  {
    name: 'lastUpdated.refused',
    sentence: 'A search for what changed since a day is refused with 400.',
    parameters: ['type'],
  },
  {
    name: 'lastUpdated.ignored',
    sentence: 'A search for what changed since a day is answered with everything.',
    parameters: ['type'],
  },
  {
    name: 'lastUpdated.stands-still',
    sentence: 'A record that is changed keeps its meta.lastUpdated.',
    parameters: ['type'],
  },
  {
    name: 'reply.slow',
    sentence: 'Every answer of the FHIR server is held back.',
    parameters: ['type', 'delayMs'],
  },
  {
    name: '401.mid-sync',
    sentence: 'A valid access token is refused with 401 until it is refreshed.',
    parameters: ['type'],
  },
  {
    name: 'access.revoked',
    sentence:
      'The practice has cut access: 403 on every FHIR call, on refresh the vendor’s own refusal.',
    parameters: [],
  },
  { name: 'token.expires-early', sentence: 'Access tokens last three seconds.', parameters: [] },
  {
    name: 'token.expired-code',
    sentence: 'The authorization code is already expired when it arrives.',
    parameters: [],
  },
  {
    name: 'token.html',
    sentence: 'The token endpoint answers with an HTML page and status 200.',
    parameters: [],
  },
  {
    name: 'token.slow',
    sentence: 'The token endpoint has done what it was asked, and holds its answer back.',
    parameters: ['delayMs'],
  },
  {
    name: 'token.rate-limit',
    sentence: 'Token requests over the documented rate are refused for the rest of the minute.',
    parameters: [],
  },
  {
    name: 'bundle.duplicate-entry',
    sentence: 'The last entry of a page is in it twice.',
    parameters: ['type'],
  },
  {
    name: 'bundle.total-wrong',
    sentence: 'The bundle has a total, and it is wrong.',
    parameters: ['type'],
  },
  {
    name: 'resource.key-order',
    sentence: 'The keys of each resource come in another order on each answer.',
    parameters: ['type'],
  },
  {
    name: 'meta.lastUpdated-moves',
    sentence: 'Each resource says that it changed just now, in meta.lastUpdated.',
    parameters: ['type'],
  },
  {
    name: 'binary.is-raw-pdf',
    sentence: 'A Binary is answered with the file itself, and its Content-Type says FHIR JSON.',
    parameters: [],
  },
  {
    name: 'binary.is-json',
    sentence: 'A Binary is answered as JSON with the file inside, whatever the client accepts.',
    parameters: [],
  },
  { name: 'binary.500', sentence: 'A Binary is answered with 500.', parameters: [] },
  {
    name: 'binary.too-large',
    sentence: 'A Binary is answered with a file of 70 MB.',
    parameters: [],
  },
  {
    name: 'binary.foreign-host',
    sentence: 'The addresses of files in documents point at another origin.',
    parameters: ['origin'],
  },
  {
    name: 'attachment.url-signed',
    sentence: 'The addresses of files in documents are signed, anew in each answer.',
    parameters: [],
  },
  {
    name: 'refresh.rotates',
    sentence: 'Each refresh returns a new refresh token; using an old one ends the whole grant.',
    parameters: [],
  },
  {
    name: 'refresh.rotates-then-500',
    sentence: 'The refresh token is rotated, and the answer that holds the new one is a 500.',
    parameters: [],
  },
  {
    name: 'clock.skew',
    sentence:
      'The portal’s clock is wrong: its Date, its Retry-After as a date and the times in its tokens are off.',
    parameters: ['minutes'],
  },
  {
    name: 'patient.20k-documents',
    sentence:
      'The patient has 20,000 documents more, or as many as are asked for, each with its text inside.',
    parameters: ['documents'],
  },
  {
    name: 'clinic.api-off',
    sentence:
      'The clinic has switched patients’ interface off: all is refused there, where the vendor lets clinics do so.',
    parameters: [],
  },
  {
    name: 'discovery.html',
    sentence: 'The discovery document is an HTML page with status 200.',
    parameters: [],
  },
  {
    name: 'state.lost',
    sentence: 'The person is sent back to the app without the state that it sent.',
    parameters: [],
  },
  {
    name: 'scope.narrowed',
    sentence: 'Fewer scopes are granted than the person agreed to.',
    parameters: ['scopes'],
  },
] as const satisfies readonly { name: string; sentence: string; parameters: readonly string[] }[];

/** The switches of one running simulator. */
export type FaultSwitches = {
  /** Replaces the whole set. @throws {FaultError} for a name or parameter that the catalogue does not have. */
  replace(on: readonly unknown[]): void;
  /** What is on now, spent ones left out. */
  list(): readonly FaultSetting[];
  /** Whether a fault strikes this occasion; counts it. */
  strike(
    name: FaultName,
    occasion?: { readonly type?: string | undefined },
  ): FaultSetting | undefined;
};

/** A request to switch on something that does not exist. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

/** Makes the switches, with a first set of faults on. */
export function makeFaultSwitches(first: readonly unknown[] = []): FaultSwitches {
  let on: { setting: FaultSetting; passed: number; struck: number }[] = [];
  const isSpent = (entry: (typeof on)[number]) =>
    entry.setting.times !== undefined && entry.struck >= entry.setting.times;
  const switches: FaultSwitches = {
    replace(settings) {
      on = settings.map((setting) => ({
        setting: readFaultSetting(setting),
        passed: 0,
        struck: 0,
      }));
    },
    list: () => on.filter((entry) => !isSpent(entry)).map((entry) => entry.setting),
    strike(name, occasion = {}) {
      const entry = on.find(
        ({ setting }) =>
          setting.name === name && (setting.type === undefined || setting.type === occasion.type),
      );
      if (entry === undefined || isSpent(entry)) return undefined;
      if (entry.passed < (entry.setting.after ?? 0)) {
        entry.passed += 1;
        return undefined;
      }
      entry.struck += 1;
      return entry.setting;
    },
  };
  switches.replace(first);
  return switches;
}

function readFaultSetting(value: unknown): FaultSetting {
  const fields = typeof value === 'string' ? { name: value } : value;
  if (typeof fields !== 'object' || fields === null) {
    throw new FaultError('A fault is a name or an object with a name.');
  }
  const given = fields as Record<string, unknown>;
  const known = faultCatalogue.find((fault) => fault.name === given.name);
  if (known === undefined) {
    const names = faultCatalogue.map((fault) => fault.name).join(', ');
    throw new FaultError(`There is no fault "${String(given.name)}". There are: ${names}.`);
  }
  const allowed = new Set<string>(['name', 'times', 'after', ...known.parameters]);
  for (const [key, setting] of Object.entries(given)) {
    if (!allowed.has(key)) {
      throw new FaultError(`The fault ${known.name} has no parameter "${key}".`);
    }
    if (key === 'minutes' && typeof setting !== 'number') {
      throw new FaultError(`The parameter "minutes" of ${known.name} is a number.`);
    }
    if (numeric.has(key) && !(typeof setting === 'number' && setting >= 0)) {
      throw new FaultError(`The parameter "${key}" of ${known.name} is a number of zero or more.`);
    }
    if (
      (key === 'type' || key === 'origin' || key === 'parameter') &&
      typeof setting !== 'string'
    ) {
      throw new FaultError(`The parameter "${key}" of ${known.name} is a text.`);
    }
    if (
      key === 'scopes' &&
      !(Array.isArray(setting) && setting.every((s) => typeof s === 'string'))
    ) {
      throw new FaultError(`The parameter "scopes" of ${known.name} is a list of scopes.`);
    }
  }
  return { ...defaultsOf[known.name], ...given, name: known.name } as FaultSetting;
}

// A fault that struck every new token at once would leave no way to go on; one without a size would be none.
const defaultsOf: { readonly [name in FaultName]?: Partial<FaultSetting> } = {
  '401.mid-sync': { times: 1, after: 3 },
  'clock.skew': { minutes: 90 },
  'patient.20k-documents': { documents: 20_000 },
};

const numeric = new Set(['times', 'after', 'retryAfter', 'delayMs', 'most', 'documents']);

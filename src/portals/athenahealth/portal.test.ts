// Proves athenahealth's folder: data that is data, a reader and hooks for what came, and that each oddity is there
// for a reason: without it, something fails against a vendor that behaves as recorded.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../../e2e/support/program.ts';
import { openGrant } from '../../connections/grant.ts';
import { getConnection } from '../../connections/context.ts';
import { readReceipt } from '../../records/runs.ts';
import { patientTypes } from '../patient-types.ts';
import type { Portal, Vendor } from '../portal.ts';
import { athenahealthBehaviour } from './behaviour.ts';
import { athenahealthDirectory } from './directory.ts';
import { athenahealthHooks } from './hooks.ts';
import { athenahealth } from './portal.ts';

describe('the portal as data', () => {
  it('survives a round trip through JSON', () => {
    expect(JSON.parse(JSON.stringify(athenahealth))).toEqual(athenahealth);
  });

  it('asks for the 21 kinds of the developer portal, and four for the launch', () => {
    const clinical = athenahealth.scopes.filter((s) => s.startsWith('patient/'));
    expect(clinical).toHaveLength(21);
    expect(clinical.every((s) => /^patient\/[A-Z][A-Za-z]+\.read$/.test(s))).toBe(true);
    expect(new Set(athenahealth.scopes).size).toBe(25);
    expect(athenahealth.scopes.slice(0, 4)).toEqual([
      'openid',
      'fhirUser',
      'offline_access',
      'launch/patient',
    ]);
  });

  it('asks for nothing that no scope covers, each question under a key of its own', () => {
    const questions = [...athenahealth.questions, ...athenahealth.referenced.questions];
    for (const { type, scope } of questions) {
      expect(scope).toBe(`patient/${type}.read`);
      expect(athenahealth.scopes).toContain(scope);
    }
    expect(new Set(questions.map((q) => q.key)).size).toBe(questions.length);
  });

  it('leaves out no kind that it has a scope for, but those that come with others or are refused', () => {
    const asked = [...athenahealth.questions, ...athenahealth.referenced.questions].map(
      (q) => `patient/${q.type}.read`,
    );
    const left = athenahealth.scopes.slice(4).filter((scope) => !asked.includes(scope));
    expect(left).toEqual(['patient/Binary.read', 'patient/Provenance.read']);
    expect(athenahealthBehaviour.deniedToPatients).toEqual(['Binary']);
    expect(athenahealth.questions.every((q) => '_revinclude' in q.parameters)).toBe(true);
  });

  it('gives every search a combination of parameters that the vendor requires', () => {
    for (const question of athenahealth.questions) {
      const needed = athenahealthBehaviour.requiredParameters[question.type] ?? [];
      const given = Object.keys(question.parameters);
      expect(needed.some((names) => names.every((name) => given.includes(name)))).toBe(true);
    }
    const byId = athenahealth.referenced.questions.map(
      (q) => athenahealthBehaviour.requiredParameters[q.type] ?? [],
    );
    expect(byId.every((needed) => needed.some((names) => names.join() === '_id'))).toBe(true);
  });
});

describe('the published list of clinics', () => {
  const practice = (id: string, name = `Practice ${id}`, address?: unknown) => ({
    resource: {
      resourceType: 'Organization',
      name,
      extension: [
        { url: 'https://other.example' },
        {
          url: 'https://fhir.athena.io/StructureDefinition/ah-practice',
          valueReference: { reference: `Organization/a-1.Practice-${id}` },
        },
      ],
      ...(address === undefined ? {} : { address }),
    },
  });
  const read = (entry: unknown[]) =>
    athenahealthDirectory.read(JSON.stringify({ resourceType: 'Bundle', entry }));

  it('is read to ids, names and towns', () => {
    const entries = [
      practice('80000', 'Sample Practice', [{ city: 'Boston', state: 'MA' }, { city: 'Other' }]),
      { resource: { resourceType: 'Endpoint', address: 'https://api.example' } },
      practice('24411', 'Hill Street', [{ state: 'VT' }]),
      practice('7', 'No address'),
    ];
    const all = { fhirBaseUrl: null, aliases: [], postalCode: null };
    expect(read(entries)).toEqual({
      clinics: [
        { ...all, id: '80000', name: 'Sample Practice', town: 'Boston', state: 'MA' },
        { ...all, id: '24411', name: 'Hill Street', town: null, state: 'VT' },
        { ...all, id: '7', name: 'No address', town: null, state: null },
      ],
      unreadable: 0,
    });
  });

  it.each([
    ['without a name', practice('7', '')],
    ['without a practice id', { resource: { resourceType: 'Organization', name: 'A' } }],
    ['with an id that is no number', practice('x', 'A')],
    ['with an address of another form', practice('7', 'A', 'Main Street')],
    [
      'with a list that is none',
      { resource: { resourceType: 'Organization', name: 'A', extension: {} } },
    ],
    ['that is null', null],
    ['that is a text', 'Organization'],
    ['without a resource', { fullUrl: 'urn:uuid:1' }],
    ['with a null resource', { resource: null }],
  ])('counts an entry %s, and keeps the rest', (_what, broken) => {
    const { clinics, unreadable } = read([practice('1'), broken, practice('2')]);
    expect(clinics.map((c) => c.id)).toEqual(['1', '2']);
    expect(unreadable).toBe(1);
  });

  it('is read as others publish it: names by number, or names and addresses with the state before', () => {
    const named = athenahealthDirectory.read('{"24411":"Hill Street","7":"Other"}');
    expect(named.clinics.map((c) => [c.id, c.name])).toEqual([
      ['7', 'Other'],
      ['24411', 'Hill Street'],
    ]);
    const source = (OrganizationName: string, OrganizationZipCode = '') => ({
      URL: 'https://api.platform.athenahealth.com/fhir/r4',
      OrganizationName,
      NPIID: '',
      OrganizationZipCode,
    });
    const text = JSON.stringify({
      Endpoints: [source('VT - Hill Street', '05401'), source(''), source('Other')],
    });
    const { clinics, unreadable } = athenahealthDirectory.read(text);
    expect(unreadable).toBe(1);
    expect(clinics).toMatchObject([
      { id: '', name: 'VT - Hill Street', state: 'VT', postalCode: '05401' },
      { id: '', name: 'Other', state: null, postalCode: null },
    ]);
    expect(athenahealthDirectory.isOwn(text)).toBe(true);
    expect(athenahealthDirectory.isOwn('{"7":"Other"}')).toBe(true);
    expect(athenahealthDirectory.isOwn('[{"url":"https://fhir.example"}]')).toBe(false);
  });

  it('may be empty, and is refused where it is no bundle', () => {
    expect(athenahealthDirectory.read('{"resourceType":"Bundle"}')).toEqual({
      clinics: [],
      unreadable: 0,
    });
    for (const text of ['<html>', '', 'null', '[]', '{"entry": 7}'])
      expect(() => athenahealthDirectory.read(text)).toThrow();
  });
});

describe('the hooks', () => {
  const clinicOf = (reply: Record<string, unknown>, accessClaims: Record<string, unknown> | null) =>
    athenahealthHooks.conformTokenReply?.({ reply, accessClaims }).clinicId;

  it('find the practice in the reply first, then in the token, else nowhere', () => {
    const [one, other] = ['Organization/a-1.Practice-24411', 'a-1.Practice-80000'];
    expect(clinicOf({ ah_practice: one }, { ah_practice: other })).toBe('24411');
    expect(clinicOf({}, { ah_practice: other })).toBe('80000');
    expect(clinicOf({}, null)).toBeNull();
    for (const odd of [7, null, {}, 'a-1.Practice-', 'Practice-12x', ''])
      expect(clinicOf({ ah_practice: odd }, null)).toBeNull();
  });

  it('tell the three meanings of a 403 apart by its words, and leave the rest to the shared reading', () => {
    const codeOf = (status: number, outcomeText: string) =>
      athenahealthHooks.classifyError?.({ status, outcomeText });
    const search = 'Missing required parameter combinations: [patient,intent]';
    expect(codeOf(403, search)).toBe('fhir.required_parameter');
    expect(codeOf(403, 'Invalid token scope')).toBe('fhir.scope_missing');
    expect(codeOf(403, 'Patient does not have access')).toBeUndefined();
    expect(codeOf(403, '')).toBeUndefined();
    expect(codeOf(400, search)).toBeUndefined();
  });
});

describe('each oddity has its reason', () => {
  let program: TestProgram;
  afterEach(() => program.close());

  const withPortal = (change: Partial<Portal>) => (vendor: Vendor) => ({
    ...vendor,
    portal: { ...vendor.portal, ...change },
  });
  const withoutHook = (name: keyof Vendor['hooks']) => (vendor: Vendor) => {
    const { [name]: _left, ...hooks } = vendor.hooks;
    return { ...vendor, hooks };
  };
  const receiptOf = async () => {
    const run = await program.sync(await program.connect());
    return readReceipt(program.db, run.id);
  };
  const question = async (key: string) => (await receiptOf())?.questions.find((q) => q.key === key);

  describe('ah-practice on each call', () => {
    const behaviour = { practiceMayBeOmitted: false };
    it('lets a vendor answer that insists on it', async () => {
      program = await startProgram({ behaviour });
      expect(await question('conditions')).toMatchObject({ outcome: 'full' });
    });
    it('left out, not even the patient can be read there', async () => {
      program = await startProgram({ behaviour, vendor: withPortal({ everyCall: {} }) });
      expect((await program.signIn()).failed).not.toBeNull();
    });
  });

  describe('without the intents, prescriptions', () => {
    const questions = athenahealth.questions.map((q) => {
      const { intent: _left, ...parameters } = q.parameters as Record<string, string>;
      return { ...q, parameters };
    });
    it('have to be asked for one intent after the other', async () => {
      program = await startProgram({ vendor: withPortal({ questions }) });
      expect(await question('medication-requests')).toBeUndefined();
      expect(await question('medication-requests-by-intent')).toMatchObject({
        outcome: 'full',
        parts: expect.arrayContaining(['intent=order', 'intent=plan']),
      });
    });
    it('and without the reading of errors, are refused', async () => {
      const hookless = withoutHook('classifyError');
      const intentless = withPortal({ questions });
      program = await startProgram({ vendor: (vendor) => hookless(intentless(vendor)) });
      expect(await question('medication-requests')).toMatchObject({
        outcome: 'refused',
        code: 'fhir.forbidden',
      });
    });
  });

  describe('what a refresh repeats', () => {
    const renewed = async () => {
      const connection = await program.connect();
      const grant = await openGrant(program.context, connection);
      return program.refresher.refresh(connection, grant?.accessToken ?? '');
    };
    it('lets access be renewed', async () => {
      program = await startProgram();
      expect((await renewed()).accessToken).toBeTruthy();
    });
    it.each([[['client_id']], [['scope']], [[]]] as const)(
      'with %j alone, it is not',
      async (refreshRepeats) => {
        // A public client always names itself, so what is left out shows with a secret.
        program = await startProgram({
          auth: 'client_secret_basic',
          vendor: withPortal({ refreshRepeats: [...refreshRepeats] }),
        });
        await expect(renewed()).rejects.toThrow();
      },
    );
  });

  describe('a kind of record of which the permission was not asked for', () => {
    const scopes = athenahealth.scopes.filter((scope) => !scope.includes('Immunization'));
    const permissionless = withPortal({ scopes });
    it('is refused as such', async () => {
      program = await startProgram({ vendor: permissionless });
      expect(await question('immunizations')).toMatchObject({ code: 'fhir.scope_missing' });
    });
    it('without the reading of errors looks like access withdrawn', async () => {
      const hookless = withoutHook('classifyError');
      program = await startProgram({ vendor: (vendor) => hookless(permissionless(vendor)) });
      expect(await question('immunizations')).toMatchObject({ code: 'fhir.forbidden' });
    });
  });

  describe('the practice, where none was chosen,', () => {
    const clinicIdOf = async () => {
      const { connectionId, failed } = await program.signIn({ clinicId: '' });
      expect(failed).toBeNull();
      return (await getConnection(program.db, connectionId)).clinic_id;
    };
    const noPattern = withPortal({ clinicInPatientId: null });

    it.each(['token-reply', 'access-token'] as const)('is told by the %s', async (practiceTold) => {
      program = await startProgram({ behaviour: { practiceTold }, vendor: noPattern });
      expect(await clinicIdOf()).toBe('24411');
    });
    it('is not known from there without the hook', async () => {
      const hookless = withoutHook('conformTokenReply');
      program = await startProgram({ vendor: (vendor) => hookless(noPattern(vendor)) });
      expect(await clinicIdOf()).toBe('');
    });
    it('is told by the patient’s id where nothing else does', async () => {
      program = await startProgram({ behaviour: { practiceTold: 'nowhere' } });
      expect(await clinicIdOf()).toBe('24411');
    });
    it('is not known from there without the pattern', async () => {
      program = await startProgram({ behaviour: { practiceTold: 'nowhere' }, vendor: noPattern });
      expect(await clinicIdOf()).toBe('');
    });
  });

  describe('scopes of SMART v2, as the operator wrote them,', () => {
    const launch = athenahealth.scopes.slice(0, 4);
    const v2 = [
      ...athenahealth.scopes.slice(4).map((scope) => scope.replace('.read', '.rs')),
      ...athenahealthBehaviour.laterScopedTypes.map((type) => `patient/${type}.rs`),
    ];
    const received = async (...keys: string[]) => {
      const questions = (await receiptOf())?.questions ?? [];
      return keys.map((key) => questions.find((q) => q.key === key)?.received);
    };
    it('bring the six kinds that only they give', async () => {
      program = await startProgram({ written: () => ({ scopes: [...launch, ...v2] }) });
      const keys = patientTypes('r4')
        .filter(({ type }) => athenahealthBehaviour.laterScopedTypes.includes(type))
        .map(({ key }) => key);
      expect(keys).toHaveLength(6);
      for (const count of await received(...keys)) expect(count).toBeGreaterThan(0);
    });
    it('are asked for by category where they were given so', async () => {
      const categories = ['laboratory', 'vital-signs'].map(
        (code) =>
          `patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|${code}`,
      );
      const others = v2.filter((scope) => !scope.includes('Observation'));
      program = await startProgram({
        written: () => ({ scopes: [...launch, ...others, ...categories] }),
      });
      expect(await question('observations-of-laboratory-vital-signs')).toMatchObject({
        outcome: 'full',
        parts: categories.map((scope) => scope.split('?')[1]),
        received: expect.any(Number),
      });
    });
  });

  describe('an aud for each practice', () => {
    const behaviour = { audNames: 'practice' } as const;
    const written = (simulatorUrl: string) => ({
      aud: `${simulatorUrl}/athenahealth/production/fhir/r4/a-1.Practice-{clinic}`,
    });
    it('is sent for the practice that was chosen, where the operator wrote it', async () => {
      program = await startProgram({ behaviour, written });
      const { connectionId, failed } = await program.signIn({ clinicId: '40192' });
      expect(failed).toBeNull();
      expect(await getConnection(program.db, connectionId)).toMatchObject({ clinic_id: '40192' });
    });
    it('cannot be sent where no practice was chosen', async () => {
      program = await startProgram({ behaviour, written });
      await expect(program.begin({ clinicId: '' })).rejects.toMatchObject({
        code: 'connection.no_clinic_chosen',
      });
    });
    it('is not what is sent otherwise', async () => {
      program = await startProgram({ behaviour });
      expect(
        (await program.signIn({ clinicId: '40192' }).catch((error) => ({ failed: error }))).failed,
      ).not.toBeNull();
    });
  });
});

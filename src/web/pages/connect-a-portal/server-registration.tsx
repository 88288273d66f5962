// Owns what is done once a server was found: what to give its owner, what they give back, and the sign-in there.

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { apart } from '../../../fhir/text/shown.ts';
import type { Problem, ServerAdd, ServerFound } from '../../../http/contract.ts';
import { problemOf } from '../../app/api.ts';
import { useAddServer, useStartConnection } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Choice, Field } from '../../parts/field.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { ForWhomField, useForWhom } from './for-whom.tsx';
import { ProblemWords } from './problem-words.tsx';
import { signInWords } from './server-words.ts';
import type { AddedServer } from './servers-added.tsx';

type Proof = ServerAdd['auth'];
/** What each way is called, and by which one knows that it was agreed on. */
const proofs: Record<Proof, { readonly label: string; readonly note: string }> = {
  none: {
    label: 'Not at all',
    note: 'A public client: they gave you an id and nothing else.',
  },
  client_secret_basic: {
    label: 'With a secret, in the header',
    note: 'They gave you a client secret beside the id. The usual way: client_secret_basic.',
  },
  client_secret_post: {
    label: 'With a secret, in the form',
    note: 'The same, where they say client_secret_post.',
  },
  private_key_jwt: {
    label: 'With a key',
    note: 'They took the JWKS URL: private_key_jwt. Nothing secret leaves this machine.',
  },
};
const needsSecret = (proof: Proof) => proof.startsWith('client_secret');

const NAME_LENGTH = 100;

/** A real person's record: no server that somebody adds is a simulated one, or a test environment of ours. */
const REAL = { environment: 'production', sample: false } as const;

/**
 * @param name what it is called here unless somebody says otherwise
 * @param own the same server where the account has added it before: it takes another registration, and keeps its name
 */
export function ServerRegistration({
  found,
  name,
  own,
}: {
  found: ServerFound;
  name: string;
  own: AddedServer | null;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section aria-label="The server that was found" className="mt-8 border-t border-line pt-6">
      <h2 ref={heading} tabIndex={-1} className="text-18 font-semibold outline-none">
        {new URL(found.fhirBaseUrl).host} answers
      </h2>
      <p className="text-ink2">
        It speaks FHIR {found.fhirVersion}, which is R4. {signInWords(found)}
      </p>
      <h3 className="mt-6 font-semibold">1. Register Chartfold there</h3>
      <p className="text-13 text-ink2">
        In the vendor’s pages for developers, or by a letter to the clinic. As an app for patients
        that is launched by itself (“standalone”).
      </p>
      <ul className="mt-2">
        <ToRegister name="Redirect URI" text={found.redirectUri}>
          Where people are sent back to after the sign-in.
        </ToRegister>
        {found.auth.includes('private_key_jwt') && (
          <ToRegister name="JWKS URL" text={found.jwksUrl}>
            Where the public keys of this Chartfold are. Only where it proves itself with a key.
          </ToRegister>
        )}
      </ul>
      <h3 className="mt-6 font-semibold">2. Say what they gave you</h3>
      {own && (
        <p className="text-13 text-ink2 [overflow-wrap:anywhere]">
          You have added this server as {apart(own.name)}, with the client id {own.clientId}. What
          you say here takes the place of that.
        </p>
      )}
      <RegisteredForm found={found} suggested={name} own={own} />
    </section>
  );
}

function ToRegister({ name, text, children }: { name: string; text: string; children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="text-13 font-medium">{name}</p>
        <p className="[overflow-wrap:anywhere]">{text}</p>
        <p className="text-13 text-ink2">{children}</p>
      </div>
      <CopyButton text={text} name={name} label={`Copy the ${name}`} />
    </li>
  );
}

function RegisteredForm({
  found,
  suggested,
  own,
}: {
  found: ServerFound;
  suggested: string;
  own: AddedServer | null;
}) {
  const [clientId, setClientId] = useState(own?.clientId ?? '');
  const [proof, setProof] = useState<Proof>(found.auth[0] ?? 'none');
  const [secret, setSecret] = useState('');
  const [name, setName] = useState(suggested.slice(0, NAME_LENGTH));
  const forWhom = useForWhom(REAL);
  const { go, isUnderWay, refused, notBegun } = useAddAndSignIn();
  const wrong = refused && problemOf(refused);
  const server = {
    address: found.fhirBaseUrl,
    name,
    clientId: clientId.trim(),
    clientSecret: needsSecret(proof) ? secret : null,
    auth: proof,
  };
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        go(server, forWhom.personId);
      }}
      className="mt-3 flex flex-col gap-4"
    >
      <IdField value={clientId} onText={setClientId} />
      <HowProved ways={found.auth} proof={proof} onProof={setProof} />
      {needsSecret(proof) && (
        <SecretField value={secret} onText={setSecret} error={at('secret', wrong)} />
      )}
      {!own && <NameField value={name} onText={setName} error={at('name', wrong)} />}
      <ForWhomField forWhom={forWhom} />
      {wrong && fieldOf(wrong) === null && <Notice error={refused} />}
      {notBegun && <Notice error={notBegun} />}
      <Button
        type="submit"
        look="filled"
        busy={isUnderWay}
        className="self-start text-15 desk:min-h-11"
      >
        {goWords(own !== null, isUnderWay)}
      </Button>
    </form>
  );
}

function goWords(isAgain: boolean, isUnderWay: boolean): string {
  if (isUnderWay) return 'Going to the sign-in page';
  return isAgain ? 'Change it and sign in there' : 'Add it and sign in there';
}

function IdField(field: { value: string; onText: (text: string) => void }) {
  return (
    <Field
      {...field}
      label="Client id"
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      required
      maxLength={500}
    />
  );
}

function SecretField(field: { value: string; onText: (text: string) => void; error: ReactNode }) {
  return (
    <Field
      {...field}
      label="Client secret"
      type="password"
      autoComplete="off"
      required
      maxLength={2_000}
      hint="It is kept encrypted, and shown nowhere."
    />
  );
}

function NameField(field: { value: string; onText: (text: string) => void; error: ReactNode }) {
  return (
    <Field
      {...field}
      label="Name here"
      autoComplete="off"
      required
      maxLength={NAME_LENGTH}
      hint="As your household calls the clinic."
    />
  );
}

/** Adds the server, and goes to its sign-in page. Sent again, the one that was added is the same. */
function useAddAndSignIn() {
  const add = useAddServer();
  const start = useStartConnection();
  return {
    isUnderWay: add.isPending || start.isPending || start.isSuccess,
    refused: add.error,
    notBegun: start.error,
    go(server: ServerAdd, personId: string | null): void {
      add.mutate(server, {
        onSuccess: ({ portal }) => start.mutate({ portal, clinicId: '', personId }),
      });
    },
  };
}

function HowProved({
  ways,
  proof,
  onProof,
}: {
  ways: readonly Proof[];
  proof: Proof;
  onProof: (proof: Proof) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-13 font-medium">Chartfold proves itself there</legend>
      {ways.map((way) => (
        <Choice
          key={way}
          type="radio"
          name="proof"
          checked={proof === way}
          onChange={() => onProof(way)}
        >
          {proofs[way].label}
          <span className="block text-13 text-ink2">{proofs[way].note}</span>
        </Choice>
      ))}
    </fieldset>
  );
}

/** The field that a refusal is about; null for one about the server itself. */
function fieldOf({ code }: Problem): 'name' | 'secret' | null {
  if (code === 'server.name_taken') return 'name';
  return code === 'server.secret_missing' ? 'secret' : null;
}

function at(field: 'name' | 'secret', wrong: Problem | null): ReactNode {
  return wrong && fieldOf(wrong) === field ? <ProblemWords problem={wrong} /> : null;
}

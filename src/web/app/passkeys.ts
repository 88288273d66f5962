// Owns passkeys on the browser's side (WebAuthn level 3): the options of the server in, the authenticator's answer out,
// both in the JSON forms of the standard. What is stored and checked is the server's.

import { refusal } from './api.ts';

/** Whether this browser can use passkeys here: they need https or this very machine. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential !== 'undefined' &&
    'parseCreationOptionsFromJSON' in PublicKeyCredential
  );
}

/** Makes a passkey; the browser asks the person. @throws ApiError where it was not made */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  return answer(() => navigator.credentials.create({ publicKey }));
}

/** Signs with one of the passkeys that the browser offers. @throws ApiError where none was chosen */
export async function signWithPasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  return answer(() => navigator.credentials.get({ publicKey }));
}

async function answer(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey was given');
    return credential.toJSON();
  } catch (cause) {
    const isThereAlready = cause instanceof DOMException && cause.name === 'InvalidStateError';
    throw isThereAlready
      ? refusal('web.passkey_present', 'This device has a passkey for your account already.', cause)
      : refusal(
          'web.passkey_none',
          'The browser gave no passkey. Try again, or use another way.',
          cause,
        );
  }
}

import { AppError } from '#libs/errors';

/** As Node's own parser and Fastify's give it. */
export type Query = Readonly<Record<string, unknown>>;

/** Names under which people put a key into a URL, where every proxy on the way writes it down. */
const keyNames = /key|token|secret|bearer|authori[sz]ation/i;
const keyForm = /^parley_[\dA-Za-z]{43}$/;

/** Before anything else is looked at: the caller must not believe that only its key was wrong. */
export function refuseKeyInUrl(query: Query): void {
  const names = Object.entries(query).flatMap(([name, value]) => (isKey(name, value) ? [name] : []));
  if (names.length > 0) throw keyInUrl(names);
}

export function keyInUrl(names: readonly string[]): AppError {
  return new AppError(
    'invalid_request',
    'An API key never goes into a URL: send it as Authorization: Bearer <api key>, and revoke the one that was sent.',
    { errors: names.map((field) => ({ field, message: 'is not accepted in the URL' })) },
  );
}

function isKey(name: string, value: unknown): boolean {
  return keyNames.test(name) || [value].flat().some((text) => typeof text === 'string' && keyForm.test(text));
}

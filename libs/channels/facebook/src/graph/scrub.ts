const TOKEN = /\bEAA[A-Za-z0-9]{8,}\b/g;
const LENGTH_MAX = 300;

/** Facebook's own words without tokens ("Malformed access token EAA…" is one of its messages), bounded. */
export function scrub(text: string, secrets: readonly string[]): string {
  const named = secrets
    .filter((secret) => secret !== '')
    .reduce((left, secret) => left.replaceAll(secret, '[secret]'), text);
  const clean = named.replace(TOKEN, '[secret]');
  return clean.length > LENGTH_MAX ? `${clean.slice(0, LENGTH_MAX)}…` : clean;
}

const TOKEN = /\bEAA[\w-]{8,}/g;
/** Shorter ones are nobody's secret, and would riddle the text. */
const SECRET_LENGTH_MIN = 8;
const LENGTH_MAX = 300;

/** Facebook's own words without tokens ("Malformed access token EAA…" is one of its messages), bounded. */
export function scrub(text: string, secrets: readonly string[]): string {
  const named = secrets
    .filter((secret) => secret.length >= SECRET_LENGTH_MIN)
    .reduce((left, secret) => left.replaceAll(secret, '[secret]'), text);
  const clean = named.replace(TOKEN, '[secret]');
  return clean.length > LENGTH_MAX ? `${clean.slice(0, LENGTH_MAX)}…` : clean;
}

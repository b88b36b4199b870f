const bearer = /^bearer +([\x21-\x7e]+) *$/i;

/** The key of an `Authorization` header; undefined: there is none. */
export function bearerKey(header: string | undefined): string | undefined {
  return bearer.exec(header ?? '')?.[1];
}

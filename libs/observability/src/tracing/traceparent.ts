/** Version; trace, span and flags, of which the first two are not zero; what a later version says. */
const form = /^([\da-f]{2})-((?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2})(-.*)?$/;

/**
 * The W3C `traceparent` of a caller, in the form of version 00; undefined when there is none, or none that can be read: such a
 * one is as if it were not there. https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function readTraceparent(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, rest, more] = form.exec(header) ?? [];
  if (version === undefined || rest === undefined || version === 'ff') return undefined;
  // only a later version may say more
  return version === '00' && more !== undefined ? undefined : `00-${rest}`;
}

/** Of one that `readTraceparent` has answered. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

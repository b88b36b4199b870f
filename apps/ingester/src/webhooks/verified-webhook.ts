/** A body whose signature fits an app known here, with all that it takes to be taken later exactly as if now. */
export interface VerifiedWebhook {
  readonly source: string;
  /** The app whose secret has signed it. */
  readonly appId: string;
  /** ISO-8601. */
  readonly receivedAt: string;
  readonly requestId: string;
  readonly traceparent?: string | undefined;
  readonly rawBody: Buffer;
}

/** A line of JSON, then the body as it came. */
export function packWebhook({ rawBody, ...rest }: VerifiedWebhook): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify({ version: 1, ...rest })}\n`), rawBody]);
}

/** Throws a SyntaxError at what `packWebhook` has not written. */
export function unpackWebhook(packed: Buffer): VerifiedWebhook {
  const end = packed.indexOf('\n');
  const head = JSON.parse(packed.toString('utf8', 0, Math.max(end, 0))) as Partial<Record<string, unknown>>;
  const { version, source, appId, receivedAt, requestId, traceparent } = head;
  if (version !== 1) throw new SyntaxError('A webhook of a version that this Parley does not know.');
  const texts = { source, appId, receivedAt, requestId };
  for (const [name, text] of Object.entries(texts))
    if (typeof text !== 'string') throw new SyntaxError(`A webhook without ${name}.`);
  return {
    ...(texts as Record<keyof typeof texts, string>),
    ...(typeof traceparent === 'string' && { traceparent }),
    rawBody: packed.subarray(end + 1),
  };
}

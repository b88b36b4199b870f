export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** Names of OpenTelemetry where there is one, else `parley.…`. Never a token, a text, the id of a person or a query. */
export type SpanAttributes = Readonly<Record<string, string | number | undefined>>;

export interface SpanStart {
  /** Of the kind of thing that happens: no ids. */
  readonly name: string;
  readonly kind: SpanKind;
  /** The `traceparent` of what it comes of. Undefined: a trace begins here. */
  readonly parent?: string | undefined;
  readonly attributes?: SpanAttributes;
}

export interface SpanEnd {
  readonly attributes?: SpanAttributes;
  /** A code. Undefined: it went well. */
  readonly error?: string | undefined;
}

export interface Span {
  /** For what comes of it. */
  readonly traceparent: string | undefined;
  /** Told once. A span that is never ended was not: nobody hears of it. */
  end(end?: SpanEnd): void;
}

/** Spans, as everything but this folder sees them. Nothing here waits, throws, or depends on a collector. */
export interface Tracing {
  /** False: no span is ever told, and what a caller gave is passed on. */
  readonly isOn: boolean;
  begin(start: SpanStart): Span;
  /** Tells what is left, within two seconds. */
  close(): Promise<void>;
}

export const noTracing: Tracing = {
  isOn: false,
  begin: ({ parent }) => ({ traceparent: parent, end: ignore }),
  close: () => Promise.resolve(),
};

function ignore(): void {
  // nobody hears
}

export interface AnsweredRequest {
  /** The pattern, never the URL. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface SourceCall {
  readonly source: string;
  readonly outcome: string;
  readonly seconds: number;
}

export interface SpoolState {
  readonly bytes: number;
  readonly records: number;
  readonly oldestSeconds: number;
}

/** What the parts of a process tell of their work. Cheap enough for every message; no user id, text or token goes in here. */
export interface Metrics {
  /** A message can be read by whoever asks. */
  visible(secondsSinceReceived: number): void;
  /** The source has taken a message. */
  sent(secondsSinceAccepted: number): void;
  webhook(outcome: string): void;
  appended(topic: string, records: number): void;
  unrouted(reason: string): void;
  sourceCall(call: SourceCall): void;
  answered(request: AnsweredRequest): void;
  /** How many streams are open now. */
  streams(open: number): void;
  /** What waits for readers of streams, asked at each scrape. */
  streamBuffers(bytes: () => number): void;
  /** Asked at each scrape. */
  spool(state: () => SpoolState): void;
}

const nothing = (): void => undefined;

/** For a process without `/metrics`. */
export const noMetrics: Metrics = {
  visible: nothing,
  sent: nothing,
  webhook: nothing,
  appended: nothing,
  unrouted: nothing,
  sourceCall: nothing,
  answered: nothing,
  streams: nothing,
  streamBuffers: nothing,
  spool: nothing,
};

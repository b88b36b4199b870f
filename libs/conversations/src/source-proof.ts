/** The source took a message of ours. */
export interface SourceProof {
  readonly mid: string;
  readonly attempt: number;
  /** By the source's clock. */
  readonly at: Date;
  /** By ours. */
  readonly receivedAt: Date;
  /** The echo; null when the proof is Graph's answer. */
  readonly raw: string | null;
}

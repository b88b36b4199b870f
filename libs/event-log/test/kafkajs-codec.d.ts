// kafkajs's own encoder and decoder, beside which ours are held.

declare module 'kafkajs/src/protocol/decoder.js' {
  class Decoder {
    readonly buffer: Buffer;
    constructor(bytes: Buffer);
  }

  export = Decoder;
}

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  function encodeRecord(record: {
    readonly key: string | null;
    readonly value: string | null;
    readonly headers: Readonly<Record<string, string>>;
    readonly offsetDelta: number;
    readonly timestampDelta: number;
  }): unknown;

  export = encodeRecord;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  export function RecordBatch(batch: {
    readonly records: readonly unknown[];
    readonly firstTimestamp: number;
    readonly maxTimestamp: number;
    readonly lastOffsetDelta: number;
    readonly firstOffset?: bigint;
    readonly compression?: number;
  }): Promise<{ readonly buffer: Buffer }>;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  function decodeRecordBatch(decoder: Decoder): Promise<{
    readonly records: readonly {
      readonly offset: string;
      readonly timestamp: string;
      readonly key: Buffer | null;
      readonly value: Buffer | null;
      readonly headers: Readonly<Record<string, Buffer>>;
    }[];
  }>;

  export = decodeRecordBatch;
}

import type { Exchange } from 'kafkajs/src/network/connectionPool.js';
import { createErrorFromCode } from 'kafkajs/src/protocol/error.js';
import { exchangeOf, requestOf } from './exchange.js';
import { ProtocolReader } from './protocol-reader.js';

export interface TopicIdAnswer {
  /** As Kafka's own tools show it. */
  readonly topicId: string;
}

const idBytes = 16;

/**
 * What tells a topic from another one that had its name before. Version 12, which both Kafka 3.9 and 4 speak; kafkajs asks in one
 * that has no ids: https://kafka.apache.org/protocol#The_Messages_Metadata.
 */
export function topicIdExchange(topic: string): Exchange<TopicIdAnswer> {
  return exchangeOf(requestOf({ apiKey: 3, apiVersion: 12, apiName: 'Metadata' }, writeRequest(topic)), readAnswer);
}

/** What has a length here has one more than that, and each part ends with its tags: none. A topic's name has at most 249 letters. */
function writeRequest(topic: string): Buffer {
  const [noTags, oneTopic, no] = [0, 2, 0];
  const name = Buffer.from(topic);
  const length = [((name.length + 1) & 0x7f) | 0x80, (name.length + 1) >> 7];
  return Buffer.concat([
    // the header's end, which kafkajs does not know
    Buffer.from([noTags, oneTopic]),
    Buffer.alloc(idBytes),
    Buffer.from(length),
    name,
    // not to be made, and nobody asks what we may do with it
    Buffer.from([noTags, no, no, noTags]),
  ]);
}

function readAnswer(payload: Buffer): TopicIdAnswer & { readonly clientSideThrottleTime: number } {
  const reader = new ProtocolReader(payload);
  reader.skipTags();
  const clientSideThrottleTime = reader.int32();
  for (let left = reader.unsigned() - 1; left > 0; left -= 1) skipBroker(reader);
  // the cluster, its controller, how many topics: that one
  reader.shortText();
  reader.skip(4);
  reader.unsigned();
  const errorCode = reader.int16();
  if (errorCode !== 0) throw createErrorFromCode(errorCode);
  reader.shortText();
  return { topicId: reader.bytes(idBytes).toString('base64url'), clientSideThrottleTime };
}

function skipBroker(reader: ProtocolReader): void {
  reader.skip(4);
  reader.shortText();
  reader.skip(4);
  // its rack
  reader.shortText();
  reader.skipTags();
}

import type { Exchange, Request, Throttled } from 'kafkajs/src/network/connectionPool.js';

const requestTimeoutMs = 3_000;

/** One question to a broker whose answer we read ourselves. */
export function exchangeOf<Answer>(
  request: Request,
  readAnswer: (payload: Buffer) => Answer & Throttled,
): Exchange<Answer> {
  return {
    request,
    response: {
      // kafkajs waits for promises here
      // eslint-disable-next-line @typescript-eslint/require-await
      decode: async (payload) => readAnswer(payload),
      parse: (answer) => Promise.resolve(answer),
    },
    requestTimeout: requestTimeoutMs,
  };
}

/** A request that we have written ourselves. */
export function requestOf(api: Pick<Request, 'apiKey' | 'apiVersion' | 'apiName'>, buffer: Buffer): Request {
  return { ...api, encode: () => Promise.resolve({ buf: buffer, buffer }) };
}

import kafkajs from 'kafkajs';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import './mend-request-queue.js';

const { jest } = import.meta;

describe('a connection to Kafka', () => {
  let queue: RequestQueue;
  let sent: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    sent = [];
    queue = openQueue(null);
  });

  afterEach(() => jest.useRealTimers());

  const openQueue = (maxInFlightRequests: number | null): RequestQueue =>
    new RequestQueue({
      ...{ maxInFlightRequests, requestTimeout: 1_000, enforceRequestTimeout: false, clientId: 'parley' },
      ...{ broker: 'nowhere:9092', logger: new kafkajs.Kafka({ brokers: ['nowhere:9092'] }).logger() },
    });

  const ask = (correlationId: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      queue.push({
        entry: { correlationId, resolve, reject },
        expectResponse: true,
        sendRequest: () => sent.push(correlationId),
      });
    });

  const answer = (correlationId: number): void => {
    queue.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  };

  it('on which nothing waits is looked at by no timer', async () => {
    const asked = ask(1);
    answer(1);
    await asked;
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what the broker wanted later when it is time, and then rests', () => {
    queue.maybeThrottle(700);
    void ask(1);
    jest.advanceTimersByTime(699);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sent).toEqual([1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sends what waits for an answer as soon as that comes', () => {
    queue = openQueue(1);
    void ask(1);
    void ask(2);
    expect(sent).toEqual([1]);
    answer(1);
    expect(sent).toEqual([1, 2]);
  });

  it('looks again for what is held back once more', () => {
    queue.maybeThrottle(100);
    void ask(1);
    queue.maybeThrottle(300);
    jest.advanceTimersByTime(299);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(sent).toEqual([1]);
  });
});

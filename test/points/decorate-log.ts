import type { EventLog, NewRecord } from '#libs/event-log';
import { saidOf } from './decorate-database.js';
import type { Points } from './points.js';

export function decorateLog(points: Points, log: EventLog): EventLog {
  const dressed = points.aroundAll('log', log, aboutRecords);
  return {
    ...dressed,
    appendIn: (transaction, records) => {
      saidOf(transaction, aboutRecords(records));
      dressed.appendIn(transaction, records);
    },
    subscribe: async (group, topic, handler, options) => {
      const about = `${group}.${topic}`;
      const handle: typeof handler = (transaction, records) => {
        saidOf(transaction, `handler ${about}`);
        return handler(transaction, records);
      };
      const dressedHandler = points.around(`handler.${about}`, handle, (_, records) => aboutRecords(records));
      return points.aroundAll('subscription', await dressed.subscribe(group, topic, dressedHandler, options), about);
    },
    tail: async (options) => {
      const { topic } = options;
      const onRecord = points.around('log.tail.onRecord', options.onRecord, () => topic);
      const turns = given(options.onTurn, (onTurn) => ({
        onTurn: points.around('log.tail.onTurn', onTurn, () => topic),
      }));
      return points.aroundAll('tail', await dressed.tail({ ...options, onRecord, ...turns }), topic);
    },
    onRestored: (told) => {
      dressed.onRestored(points.around('log.onRestored.told', told, () => ''));
    },
  };
}

/** An option that may be left out. */
function given<Value, Kept extends object>(value: Value | undefined, keep: (value: Value) => Kept): Partial<Kept> {
  return value === undefined ? {} : keep(value);
}

/** Topics and what kind of event or command they hold; otherwise the words that were given. */
function aboutRecords(...told: unknown[]): string {
  const words = told.filter((part) => typeof part === 'string');
  const records = told.filter(Array.isArray).flat() as NewRecord[];
  return [...words, ...records.map(({ topic, value }) => `${topic} ${value}`)].join(' ');
}

import { parseArgs } from 'node:util';

export interface DeadLetterId {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

export type Order =
  | { readonly verb: 'list'; readonly topic: string | undefined; readonly withEnded: boolean; readonly isJson: boolean }
  | { readonly verb: 'show' | 'dismiss'; readonly ids: readonly DeadLetterId[] }
  | {
      readonly verb: 'replay';
      /** `all`: every one that is open. */
      readonly ids: readonly DeadLetterId[] | 'all';
      readonly topic: string | undefined;
      readonly again: boolean;
    };

export const usage = `npm run dead-letters -- <command>

  list [--topic <topic>] [--ended] [--json]   what could not be passed, oldest first; --ended: also what was dealt with
  show <id>…                                  everything of a record, people's words included
  replay <id>… [--again]                      appends the record to its origin once more; --again: although it was before
  replay --all [--topic <topic>]              every one that is listed
  dismiss <id>…                               counts no more, and goes with the records of its age

An id is what list shows first: channel.events.dead-letter/3/0. It works on DATABASE_URL, else on the data in PARLEY_HOME,
whether Parley runs on them or not.`;

const options = {
  topic: { type: 'string' },
  ended: { type: 'boolean' },
  json: { type: 'boolean' },
  all: { type: 'boolean' },
  again: { type: 'boolean' },
} as const;

type Given = ReturnType<typeof parse>['values'];

/** A text: what is wrong with it. */
export function readOrder(args: readonly string[]): Order | string {
  try {
    const { values, positionals } = parse(args);
    const [verb, ...names] = positionals;
    const ids = names.map(readId);
    const wrong = names.find((_, index) => ids[index] === undefined);
    if (wrong !== undefined) return `"${wrong}" is no id of a dead letter.`;
    return orderOf(
      verb,
      ids.filter((id) => id !== undefined),
      values,
    );
  } catch (error) {
    return (error as Error).message;
  }
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options, allowPositionals: true });
}

function orderOf(verb: string | undefined, ids: readonly DeadLetterId[], given: Given): Order | string {
  const { topic, ended = false, json = false } = given;
  switch (verb) {
    case 'list':
      return ids.length > 0 ? 'list takes no id.' : { verb, topic, withEnded: ended, isJson: json };
    case 'show':
    case 'dismiss':
      return ids.length === 0 ? `Say which ones to ${verb}.` : { verb, ids };
    case 'replay':
      return replayOf(ids, given);
    default:
      return verb === undefined ? 'Say what to do.' : `There is no command "${verb}".`;
  }
}

function replayOf(
  ids: readonly DeadLetterId[],
  { topic, all = false, again = false }: Given,
): Extract<Order, { verb: 'replay' }> | string {
  if (all === ids.length > 0) return 'Say which ones to replay: ids, or --all.';
  if (all && again) return '--all takes those that were never replayed: --again wants ids.';
  return { verb: 'replay', ids: all ? 'all' : ids, topic, again };
}

function readId(text: string): DeadLetterId | undefined {
  const [, topic, partition, offset] = /^(.+)\/(\d{1,9})\/(\d{1,15})$/.exec(text) ?? [];
  if (topic === undefined) return undefined;
  return { topic, partition: Number(partition), offset: Number(offset) };
}

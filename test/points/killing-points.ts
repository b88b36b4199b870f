import type { Fault } from './fault.js';

const appending = 'log_append';
const projecting = 'handler projector.channel.events';
const opening = 'insert into send_attempts';
const closing = 'update send_attempts set state';
const answering = 'idempotency_keys';
const command = 'channel.commands';
const calling = '/messages';

/** Where a process dies: `at`, counted from when the script begins, and what must be so in between. */
export const killingPoints: readonly Fault[] = [
  // a webhook
  { point: 'log.append.before', nth: 2, deed: 'kill' },
  { point: 'database.query.before', about: appending, deed: 'kill' },
  { point: 'database.query.after', about: appending, nth: 2, deed: 'kill-all' },
  { point: 'log.append.after', deed: 'kill' },
  // the projector
  { point: 'handler.projector.channel.events.before', nth: 2, deed: 'kill' },
  { point: 'transaction.query.after', about: 'consumer_positions', deed: 'kill' },
  { point: 'handler.projector.channel.events.after', deed: 'kill-all' },
  { point: 'transaction.last.statement.before', about: projecting, deed: 'kill' },
  { point: 'database.commit.before', about: projecting, nth: 2, deed: 'kill' },
  { point: 'database.commit.after', about: projecting, deed: 'kill-all' },
  { point: 'transaction.afterCommit.told.before', deed: 'kill' },
  { point: 'handler.projector.channel.events.before', about: 'send.accepted', deed: 'kill' },
  // an order to send: key, message, announcement, lane and command are one
  { point: 'transaction.query.after', about: answering, deed: 'kill' },
  { point: 'log.appendIn.before', about: command, deed: 'kill' },
  { point: 'log.appendIn.after', about: command, nth: 2, deed: 'kill-all' },
  { point: 'database.commit.before', about: answering, deed: 'kill' },
  { point: 'database.commit.after', about: answering, deed: 'kill' },
  // the sender
  { point: 'handler.sender.channel.commands.before', deed: 'kill' },
  { point: 'handler.sender.channel.commands.after', nth: 2, deed: 'kill' },
  { point: 'database.commit.before', about: opening, deed: 'kill' },
  { point: 'database.commit.after', about: opening, deed: 'kill-all' },
  { point: 'graph.send.before', nth: 2, deed: 'kill' },
  { point: 'graph.request.written', about: calling, deed: 'kill' },
  { point: 'graph.send.answered', deed: 'kill' },
  { point: 'database.commit.before', about: closing, deed: 'kill-all' },
  { point: 'database.commit.after', about: closing, nth: 2, deed: 'kill' },
  // who reads
  { point: 'log.tail.onRecord.before', nth: 2, deed: 'kill' },
];

export function nameOf({ point, about, nth = 1 }: Fault): string {
  return `${point}${about === undefined ? '' : ` (${about})`}, call ${nth}`;
}

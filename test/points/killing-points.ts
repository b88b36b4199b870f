import type { Fault } from './fault.js';

const appending = 'log_append';
const projecting = 'handler projector.channel.events';
const opening = 'insert into send_attempts';
const closing = 'update send_attempts set state';
const answering = 'idempotency_keys';
const command = 'channel.commands';
const calling = '/messages';

/** Where a process dies, counted from when a script of two messages each way begins. */
export const killingPoints: readonly Fault[] = [
  // a webhook
  { point: 'database.query.before', about: appending, deed: 'kill' },
  { point: 'database.query.after', about: appending, nth: 2, deed: 'kill-all' },
  { point: 'log.append.after', deed: 'kill' },
  // the projector
  { point: 'handler.projector.channel.events.before', nth: 2, deed: 'kill' },
  { point: 'transaction.query.after', about: 'consumer_positions', deed: 'kill' },
  { point: 'handler.projector.channel.events.after', deed: 'kill-all' },
  { point: 'database.commit.before', about: projecting, nth: 2, deed: 'kill' },
  { point: 'database.commit.after', about: projecting, deed: 'kill-all' },
  { point: 'handler.projector.channel.events.before', about: 'send.accepted', deed: 'kill' },
  // an order to send: key, message, announcement, lane and command are one
  { point: 'log.appendIn.after', about: command, nth: 2, deed: 'kill-all' },
  { point: 'database.commit.before', about: answering, deed: 'kill' },
  { point: 'database.commit.after', about: answering, deed: 'kill' },
  // the sender
  { point: 'handler.sender.channel.commands.before', deed: 'kill' },
  { point: 'database.commit.after', about: opening, deed: 'kill-all' },
  { point: 'graph.send.before', nth: 2, deed: 'kill' },
  { point: 'graph.request.written', about: calling, deed: 'kill' },
  { point: 'graph.send.answered', deed: 'kill' },
  { point: 'database.commit.before', about: closing, deed: 'kill-all' },
  { point: 'database.commit.after', about: closing, nth: 2, deed: 'kill' },
  // who reads
  { point: 'log.tail.onRecord.before', nth: 2, deed: 'kill' },
];

/** Where it was done but nobody hears of it: the connection ends with the answer to COMMIT still on its way. */
export const losingPoints: readonly Fault[] = [
  { point: 'database.query.after', about: appending, deed: 'lose' },
  { point: 'database.commit.after', about: projecting, deed: 'lose' },
  { point: 'database.commit.after', about: answering, deed: 'lose' },
  { point: 'database.commit.after', about: opening, deed: 'lose' },
  { point: 'database.commit.after', about: closing, deed: 'lose' },
];

export function nameOf({ point, about, nth = 1 }: Fault): string {
  return `${point}${about === undefined ? '' : ` (${about})`}, call ${nth}`;
}

import { readOrder } from './read-order.js';

const id = { topic: 'channel.events.dead-letter', partition: 3, offset: 12 };
const name = 'channel.events.dead-letter/3/12';

describe('the command for dead letters', () => {
  it.each([
    [['list'], { verb: 'list', topic: undefined, withEnded: false, isJson: false }],
    [
      ['list', '--json', '--ended', '--topic', 'channel.events'],
      { verb: 'list', topic: 'channel.events', withEnded: true, isJson: true },
    ],
    [['show', name, name], { verb: 'show', ids: [id, id] }],
    [['dismiss', name], { verb: 'dismiss', ids: [id] }],
    [['replay', name], { verb: 'replay', ids: [id], topic: undefined, again: false }],
    [['replay', '--again', name], { verb: 'replay', ids: [id], topic: undefined, again: true }],
    [['replay', '--all'], { verb: 'replay', ids: 'all', topic: undefined, again: false }],
  ])('reads %j', (args, order) => {
    expect(readOrder(args)).toEqual(order);
  });

  it.each([
    [[], 'Say what to do.'],
    [['bury', name], 'There is no command "bury".'],
    [['list', name], 'list takes no id.'],
    [['show'], 'Say which ones to show.'],
    [['dismiss'], 'Say which ones to dismiss.'],
    [['replay'], 'Say which ones to replay: ids, or --all.'],
    [['replay', name, '--all'], 'Say which ones to replay: ids, or --all.'],
    [['replay', '--all', '--again'], '--all takes those that were never replayed: --again wants ids.'],
    [['show', 'channel.events/x/1'], '"channel.events/x/1" is no id of a dead letter.'],
    [['list', '--colour'], expect.stringContaining('--colour')],
  ])('says what is wrong with %j', (args, words) => {
    expect(readOrder(args)).toEqual(words);
  });
});

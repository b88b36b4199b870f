import { readHandshake } from './handshake.js';

const query = { 'hub.mode': 'subscribe', 'hub.verify_token': 'our-token', 'hub.challenge': '00115820' };

describe('readHandshake', () => {
  it('reads token and challenge verbatim, whatever else is asked', () => {
    expect(readHandshake({ ...query, other: '1' })).toEqual({ token: 'our-token', challenge: '00115820' });
  });

  it.each([
    ['no query', {}],
    ['another mode', { ...query, 'hub.mode': 'unsubscribe' }],
    ['a repeated mode', { ...query, 'hub.mode': ['subscribe', 'subscribe'] }],
    ['a repeated token', { ...query, 'hub.verify_token': ['our-token', 'x'] }],
    ['a repeated challenge', { ...query, 'hub.challenge': ['1', '2'] }],
    ['no challenge', { ...query, 'hub.challenge': undefined }],
  ])('does not know %s', (_name, asked) => {
    expect(readHandshake(asked)).toBeNull();
  });
});

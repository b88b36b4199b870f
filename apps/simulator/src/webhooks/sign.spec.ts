import { sign } from './sign.js';

describe('sign', () => {
  it('agrees with RFC 4231, test case 2', () => {
    expect(sign('Jefe', Buffer.from('what do ya want for nothing?'))).toBe(
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

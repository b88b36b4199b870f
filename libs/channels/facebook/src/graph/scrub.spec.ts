import { scrub } from './scrub.js';

describe('scrub', () => {
  it.each([
    ['Malformed access token EAAGx_9-abcdefgh.', [], 'Malformed access token [secret].'],
    ['it was page-token|page-token', ['page-token'], 'it was [secret]|[secret]'],
    ['Please retry', ['s', ''], 'Please retry'],
    ['EAA is short', [], 'EAA is short'],
  ])('makes of %s with %j what may be shown', (text, secrets, shown) => {
    expect(scrub(text, secrets)).toBe(shown);
  });
});

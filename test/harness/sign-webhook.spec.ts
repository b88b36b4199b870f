import { facebookJson, OPENSSL_VECTOR, signatureOf } from './sign-webhook.js';

describe('the signer of the end-to-end tests', () => {
  it('agrees with openssl', () => {
    expect(signatureOf(OPENSSL_VECTOR.body, OPENSSL_VECTOR.secret)).toBe(OPENSSL_VECTOR.signature);
  });

  it('escapes as the example in Facebook’s documentation', () => {
    expect(facebookJson('äöå / < % @')).toBe(String.raw`"\u00e4\u00f6\u00e5 \/ \u003C \u0025 \u0040"`);
  });
});

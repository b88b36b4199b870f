import { isAuthentic } from './signature.js';

const SECRET = 'app-secret-of-the-test';
const BODY = Buffer.from(
  String.raw`{"object":"page","text":"h\u00e9 \ud83d\ude22 https:\/\/x.example\/ \u003C \u0025 \u0040"}` + '\n',
);
// openssl dgst -sha256 -hmac 'app-secret-of-the-test' body.bin
const HEX = 'c473a1f6dc383bdd7278d349b12f3d8b4350e9f8c86503ed57b1414c7bf98eed';
// python3: hmac.new(b'app-secret-of-the-test', b'', sha256)
const HEX_OF_NOTHING = 'dc99ebc1e03a1e71105f271080353ecfd0886a06ac7b288b6ec5ebe2597f8b3e';

const signed = (header: string | string[] | undefined, body = BODY, secret = SECRET): boolean =>
  isAuthentic(body, { 'x-hub-signature-256': header }, secret);

describe('isAuthentic', () => {
  it('accepts what openssl signed, escapes and trailing newline included', () => {
    expect(signed(`sha256=${HEX}`)).toBe(true);
  });

  it('accepts an empty body', () => {
    expect(signed(`sha256=${HEX_OF_NOTHING}`, Buffer.alloc(0))).toBe(true);
  });

  it('refuses a body that was parsed and written again', () => {
    expect(signed(`sha256=${HEX}`, Buffer.from(JSON.stringify(JSON.parse(BODY.toString()))))).toBe(false);
  });

  it.each([
    ['another secret', `sha256=${HEX}`, 'another'],
    ['an empty secret', `sha256=${HEX}`, ''],
    ['no header', undefined, SECRET],
    ['an empty header', '', SECRET],
    ['the bare digest', HEX, SECRET],
    ['the old sha1 form', `sha1=${HEX.slice(0, 40)}`, SECRET],
    ['upper case', `sha256=${HEX.toUpperCase()}`, SECRET],
    ['an odd number of digits', `sha256=${HEX.slice(0, 63)}`, SECRET],
    ['too many digits', `sha256=${HEX}00`, SECRET],
    ['no digits', `sha256=${'z'.repeat(64)}`, SECRET],
    ['a trailing newline', `sha256=${HEX}\n`, SECRET],
    ['two headers', [`sha256=${HEX}`, `sha256=${HEX}`], SECRET],
  ])('refuses %s', (_name, header, secret) => {
    expect(signed(header, BODY, secret)).toBe(false);
  });
});

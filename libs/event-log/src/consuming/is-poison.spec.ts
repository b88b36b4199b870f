import { PoisonError } from '../poison-error.js';
import { OversizedRecordError } from '../record-size.js';
import { isPoison } from './is-poison.js';

const refusal = (code: string): Error => Object.assign(new Error('refused'), { code });

// https://www.postgresql.org/docs/current/errcodes-appendix.html
describe('poison', () => {
  it.each([
    ['a record that cannot be understood', new PoisonError('x')],
    ['text that jsonb cannot hold', refusal('22P05')],
    ['a row that a constraint forbids', refusal('23514')],
    ['a value that is too large for its index', refusal('54000')],
    ['what would make a record that is larger than a log takes', new OversizedRecordError('x')],
    ['what such a refusal caused', new Error('x', { cause: refusal('22P05') })],
  ])('is %s', (_, error) => {
    expect(isPoison(error)).toBe(true);
  });

  it.each([
    ['a deadlock', refusal('40P01')],
    ['a server without room', refusal('53100')],
    ['a statement that took too long', refusal('57014')],
    ['a connection that is gone', refusal('ECONNRESET')],
    ['a defect of ours', new TypeError('x')],
  ])('is not %s', (_, error) => {
    expect(isPoison(error)).toBe(false);
  });
});

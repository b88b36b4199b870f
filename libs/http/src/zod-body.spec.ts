import { z } from 'zod';
import { zodBody } from './zod-body.js';

const target = z.union([
  z.strictObject({ conversation_id: z.string() }),
  z.strictObject({ channel_id: z.string(), recipient: z.strictObject({ id: z.string() }) }),
]);
const schema = z.object({ target, size: z.number().default(20) });

describe('zodBody', () => {
  it('answers the value as the schema reads it', () => {
    expect(zodBody(schema, { target: { conversation_id: 'c' }, other: 1 })).toEqual({
      target: { conversation_id: 'c' },
      size: 20,
    });
  });

  it.each([
    ['nothing', undefined, [{ field: 'body', message: 'Invalid input: expected object, received undefined' }]],
    [
      'a key too much',
      { target: { conversation_id: 'c', x: 1 } },
      [{ field: 'target.x', message: 'is not a known field' }],
    ],
    [
      'a wrong size',
      { target: { conversation_id: 'c' }, size: '1' },
      [{ field: 'size', message: 'Invalid input: expected number, received string' }],
    ],
    [
      'an alternative that is nearly right',
      { target: { channel_id: 'c', recipient: { id: 1 } } },
      [{ field: 'target.recipient.id', message: 'Invalid input: expected string, received number' }],
    ],
  ])('names what is wrong with %s', (_, value, errors) => {
    expect(() => zodBody(schema, value)).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { errors } }) as Error,
    );
  });

  it('puts the path of the part that it was given in front', () => {
    const errors = [{ field: 'content', message: 'Invalid input: expected string, received number' }];
    expect(() => zodBody(z.string(), 1, 'content')).toThrow(expect.objectContaining({ details: { errors } }) as Error);
  });

  it('says in words how many fields it does not name', () => {
    const five = z.object(Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, z.string()])));
    expect(() => zodBody(five, {})).toThrow(/a: .*; b: .*; c: .*; and 2 more$/);
  });
});

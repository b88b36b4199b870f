import { readTag, TAG_LENGTH, writeTag } from './own-tag.js';

const claims = { message_id: '019aa000-0000-7000-8000-000000000001', attempt: 3 };

describe('our tag', () => {
  it('is what the wire document says', () => {
    expect(writeTag(claims, undefined)).toBe('p1:019aa000-0000-7000-8000-000000000001:3');
    expect(writeTag(claims, 'job:77')).toBe('p1:019aa000-0000-7000-8000-000000000001:3 job:77');
    expect(TAG_LENGTH).toBe(42);
  });

  it.each([undefined, 'job:77', ' two  spaces\nand a line ', 'p1:019aa000-0000-7000-8000-000000000002:9'])(
    'comes back with what the caller put behind it: %j',
    (own) => {
      expect(readTag(writeTag(claims, own))).toEqual({ claims, own });
    },
  );

  it.each(['job:77', 'p2:019aa000-0000-7000-8000-000000000001:3', 'p1:019AA000-0000-7000-8000-000000000001:3'])(
    'is not in %s',
    (metadata) => {
      expect(readTag(metadata)).toEqual({ own: metadata });
    },
  );

  it('is not in nothing', () => {
    expect(readTag('')).toEqual({});
  });
});

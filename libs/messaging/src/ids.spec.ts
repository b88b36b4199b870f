import { conversationId, messageId, uuid5, uuid7 } from './ids.js';

// Golden values, made with Python's uuid.uuid5 and the test vector of RFC 9562 appendix A.4: they may never change.
const channel = '0190f3a2-7b1c-7def-8abc-1234567890ab';

describe('ids', () => {
  it('names a conversation by channel and contact', () => {
    expect(conversationId(channel, '6500000000000011')).toBe('18442793-5cbd-5e81-b14f-4f4a01505456');
    expect(conversationId(channel, 'user_ref:chk-5d2')).toBe('c11a4219-e907-505d-8cf1-0f1055308022');
  });

  it('names a message by channel and mid', () => {
    expect(messageId(channel, 'm_t1')).toBe('68178be7-09c2-5f5c-bce6-822d1d78dc99');
    expect(messageId(channel, 'm_äöü/😀')).toBe('1a6c2228-e016-54b8-9a13-cc6eb53e8d42');
  });

  it('is the uuid5 of the standard', () => {
    expect(uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('puts the time of a new id first', () => {
    expect(uuid7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

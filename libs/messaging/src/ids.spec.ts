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

  // 1,024 characters and one more: the name, and where it is put together with its namespace
  it.each([
    ['a'.repeat(1_024), 'adb9a579-aa86-5a5c-8c08-bb236d11b2b4', 'a3751b48-bc5f-5cf7-ac65-f2cf582666ba'],
    ['€'.repeat(1_024), '6628621b-a2c5-5fc5-b346-3db37183d60e', 'd593a7b3-b6f3-5169-acfe-5dea41a96285'],
    ['a'.repeat(1_025), '63edfec5-d779-522a-81d2-d68f7ceda12f', 'a1f57a11-67bb-5aec-b3b7-7fa506f3d90a'],
    ['€'.repeat(1_025), '71a830d1-a3e6-5ebf-a4a1-b2d15bc379d2', '08ce85de-51c3-5244-bd70-7738958b9fcd'],
    ['', '78415f97-334f-5778-9a0d-90b15cd5b734', '4ebd0208-8328-5d69-8c44-ec50939c0967'],
  ])('is that of each namespace in turn: %#', (name, ofChannel, ofAnother) => {
    for (let turn = 0; turn < 2; turn += 1) {
      expect(uuid5(channel, name)).toBe(ofChannel);
      expect(uuid5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', name)).toBe(ofAnother);
    }
  });

  it('puts the time of a new id first', () => {
    expect(uuid7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

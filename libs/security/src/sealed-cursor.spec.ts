import { openCursorSeal } from './sealed-cursor.js';
import { openTokenVault } from './token-vault.js';

const older = { id: '2025', key: Buffer.alloc(32, 1) };
const newer = { id: '2026', key: Buffer.alloc(32, 2) };
const position = ['2026-11-21T10:00:00.000Z', '0192f0c1-0000-7000-8000-000000000001'];

describe('cursor seal', () => {
  it('opens what it sealed, also after a rotation of the key', () => {
    const cursor = openCursorSeal([older]).seal('messages.list', position);
    expect(openCursorSeal([newer, older]).open('messages.list', cursor)).toEqual(position);
  });

  it('shows nothing and is safe in a URL', () => {
    const cursor = openCursorSeal([older]).seal('messages.list', position);
    expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,160}$/);
    expect(Buffer.from(cursor, 'base64url').toString('latin1')).not.toContain('2026');
  });

  it('opens for its own purpose only', () => {
    const seal = openCursorSeal([older]);
    expect(seal.open('conversations.list', seal.seal('messages.list', position))).toBeNull();
  });

  it('is of another key than the vault', () => {
    const [, , nonce = '', body = ''] = openTokenVault([older]).seal('"secret"', 'messages.list').split('.');
    const bytes = Buffer.concat([Buffer.from(nonce, 'base64url'), Buffer.from(body, 'base64url')]);
    expect(openCursorSeal([older]).open('messages.list', bytes.toString('base64url'))).toBeNull();
  });

  it.each(['', 'AAAA', 'not base64!', 'A'.repeat(40), 'A'.repeat(5000), '{"sent_at":1}', 'ä'.repeat(60)])(
    'answers null for %j',
    (forged) => {
      expect(openCursorSeal([older]).open('messages.list', forged)).toBeNull();
    },
  );

  it('answers null for a cursor of another installation', () => {
    expect(openCursorSeal([older]).open('p', openCursorSeal([newer]).seal('p', position))).toBeNull();
  });
});

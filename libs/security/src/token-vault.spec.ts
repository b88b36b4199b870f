import { createDecipheriv } from 'node:crypto';
import { openTokenVault, TokenVaultError } from './token-vault.js';

const older = { id: '2025', key: Buffer.alloc(32, 1) };
const newer = { id: '2026', key: Buffer.alloc(32, 2) };
const row = 'channels/0192/page_token';

describe('token vault', () => {
  it('opens what it sealed', () => {
    const vault = openTokenVault([older]);
    expect(vault.open(vault.seal('EAAB-Ünïcode 🔑', row), row)).toBe('EAAB-Ünïcode 🔑');
  });

  it('writes an envelope that AES-256-GCM of any library opens', () => {
    const [version, id, nonce = '', body = ''] = openTokenVault([older]).seal('EAAB', row).split('.');
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', older.key, Buffer.from(nonce, 'base64url'));
    decipher.setAAD(Buffer.from(row)).setAuthTag(bytes.subarray(0, 16));
    expect([version, id]).toEqual(['v1', '2025']);
    expect(decipher.update(bytes.subarray(16), undefined, 'utf8') + decipher.final('utf8')).toBe('EAAB');
  });

  it('never seals the same text twice alike', () => {
    const vault = openTokenVault([older]);
    const sealed = Array.from({ length: 100 }, () => vault.seal('EAAB', row));
    expect(new Set(sealed).size).toBe(100);
  });

  it('seals with the first key and opens with all of them', () => {
    const sealed = openTokenVault([older]).seal('EAAB', row);
    const rotated = openTokenVault([newer, older]);
    expect(rotated.open(sealed, row)).toBe('EAAB');
    expect(rotated.seal('EAAB', row)).toMatch(/^v1\.2026\./);
  });

  it('does not open a secret that was copied into another row', () => {
    const vault = openTokenVault([older]);
    expect(() => vault.open(vault.seal('EAAB', row), 'channels/0193/page_token')).toThrow(TokenVaultError);
  });

  it.each([
    ['a changed ciphertext', (sealed: string) => `${sealed.slice(0, -2)}AA`],
    ['a changed nonce', (sealed: string) => sealed.replace(/^v1\.2025\.../, 'v1.2025.AA')],
    ['a cut tag', (sealed: string) => sealed.split('.').slice(0, 3).concat('AAAA').join('.')],
    ['another version', (sealed: string) => sealed.replace(/^v1/, 'v2')],
    ['an unknown key', (sealed: string) => sealed.replace('.2025.', '.2024.')],
    ['plain text', () => 'EAAB'],
    ['nothing', () => ''],
  ])('refuses %s, and the error shows nothing of it', (_, change) => {
    const vault = openTokenVault([older]);
    const changed = change(vault.seal('EAAB', row));
    const open = (): string => vault.open(changed, row);
    expect(open).toThrow(TokenVaultError);
    expect(open).not.toThrow(/EAAB|0192|AQEB/);
  });

  it.each([
    ['no key', []],
    ['a short key', [{ id: '1', key: Buffer.alloc(16) }]],
    ['two keys with one id', [older, { ...newer, id: '2025' }]],
    ['an id with a dot', [{ id: 'a.b', key: older.key }]],
  ])('does not start with %s', (_, keys) => {
    expect(() => openTokenVault(keys)).toThrow(/key/);
  });
});

export { createApiKey, equalSecrets, hashApiKey } from './api-key.js';
export type { EncryptionKey } from './encryption-key.js';
export { openCursorSeal, type CursorSeal } from './sealed-cursor.js';
export { openTokenVault, TokenVaultError, type TokenVault } from './token-vault.js';

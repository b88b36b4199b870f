import type { Platform } from '#libs/platform';
import { openCursorSeal } from '#libs/security';
import { Admission } from '../auth/admission.js';
import type { ApiKeys } from '../auth/api-keys.js';
import type { ApiCaller } from '../auth/caller.js';
import { StreamAccess, type StreamGrant } from './stream-access.js';
import { openTicket, sealTicket } from './stream-ticket.js';

const cursors = openCursorSeal([{ id: 'k1', key: Buffer.alloc(32, 7) }]);
const keySha256 = Buffer.alloc(32, 3);
const noon = new Date('2030-01-01T12:00:00.000Z');
const beforeNoon = new Date('2030-01-01T11:59:59.999Z');
const channels = ['0190a6c0-0000-7000-8000-0000000000ff', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
const caller: ApiCaller = {
  workspaceId: 'w',
  keyId: 'k',
  keyName: 'Inbox',
  scopes: ['stream.read'],
  keySha256,
  keyExpiresAt: null,
  rateLimit: null,
};
const ticket = sealTicket(cursors, { keySha256, expiresAt: noon, channelIds: channels });

interface Knocking {
  readonly now?: Date;
  readonly key?: ApiCaller | null;
  readonly authorization?: string;
}

/** With one key, or none when it is revoked. */
function knock(
  query: Record<string, unknown>,
  { now = beforeNoon, key = caller, authorization }: Knocking = {},
): Promise<StreamGrant> {
  const keys = {
    find: (text: string) => Promise.resolve(text === 'the-key' ? key : null),
    findByHash: (hash: Buffer) => Promise.resolve(hash.equals(keySha256) ? key : null),
  } as ApiKeys;
  const access = new StreamAccess({ now: () => now, cursors } as Platform, keys, new Admission());
  return access.admit({ authorization, query, head: { setHeader: () => undefined } });
}

describe('a ticket', () => {
  it('is what it was sealed with, in 100 characters a channel at most, and shows nothing', () => {
    expect(openTicket(cursors, ticket)).toEqual({ keySha256, expiresAt: noon, channelIds: channels });
    const many = sealTicket(cursors, { keySha256, expiresAt: noon, channelIds: Array(100).fill(channels[0]) });
    expect(openTicket(cursors, many)?.channelIds).toHaveLength(100);
    expect(many.length).toBeLessThan(3_500);
    expect(many).toMatch(/^[\w-]+$/);
  });

  it('is no cursor, and no cursor is a ticket', () => {
    expect(cursors.open('stream w', ticket)).toBeNull();
    expect(openTicket(cursors, cursors.seal('stream w', { k: 'x', x: 1 }))).toBeNull();
  });

  it('opens for its key and its channels, again and again, up to its end', async () => {
    const grant = { caller, endsAt: noon, channelIds: new Set(channels) };
    await expect(knock({ ticket })).resolves.toEqual(grant);
    await expect(knock({ ticket })).resolves.toEqual(grant);
    await expect(knock({ ticket }, { now: noon })).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('dies with its key', async () => {
    await expect(knock({ ticket }, { key: null })).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('gives no more than the key has', async () => {
    const refused = knock({ ticket }, { key: { ...caller, scopes: ['channels.read'] } });
    await expect(refused).rejects.toMatchObject({ code: 'scope_missing' });
  });

  it.each(['', 'x', `${ticket}A`, ticket.toLowerCase(), ['a', 'b']])('is not %j', async (forged) => {
    await expect(knock({ ticket: forged })).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('yields to a key', async () => {
    await expect(knock({ ticket: 'x' }, { authorization: 'Bearer the-key' })).resolves.toEqual({ caller });
    await expect(knock({ ticket }, { authorization: 'Bearer another' })).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });
});

describe('a key in the URL', () => {
  it.each([
    { api_key: 'x' },
    { access_token: 'x' },
    { Authorization: 'x' },
    { ticket: 'the-key' },
    { x: `parley_${'a'.repeat(43)}` },
    { x: ['y', `parley_${'a'.repeat(43)}`] },
  ])('is refused as %j, whoever else is there', async (query) => {
    const refused = { code: 'invalid_request', details: { errors: [{ field: Object.keys(query)[0] }] } };
    await expect(knock(query)).rejects.toMatchObject(refused);
  });
});

import type { ChannelConnector } from '#libs/channels/kit';
import type { OutboundRequest } from '#libs/conversations';
import type { ApiCaller } from '../auth/caller.js';
import { readOutbound } from './read-outbound.js';

const id = '0190a6c0-0000-7000-8000-000000000001';
const caller: ApiCaller = {
  workspaceId: id,
  keyId: 'key-1',
  keyName: 'Inbox',
  scopes: [],
  keySha256: Buffer.alloc(32),
  keyExpiresAt: null,
  rateLimit: null,
};
const connector = {
  sending: { render: (content: unknown) => ({ rendered: content }) },
} as unknown as ChannelConnector;

const read = (body: Readonly<Record<string, unknown>>): OutboundRequest => readOutbound(body, body, caller);
const toChat = (body: Readonly<Record<string, unknown>>): OutboundRequest =>
  read({ conversation_id: id, content: { type: 'text', text: 'x' }, ...body });
const refusal = (code: string, field?: string): object => ({
  code,
  ...(field === undefined ? {} : { details: { errors: [expect.objectContaining({ field })] } }),
});
const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('readOutbound', () => {
  it('hands on the message in the source’s own words untouched', () => {
    const message = { text: 'x', metadata: 'mine', anything: [{ constructor: 1 }] };
    const body = read({ conversation_id: id, message, tag: 'T', messaging_type: 'M', persona_id: '7' }).body(connector);
    expect(body).toEqual({ message, tag: 'T', messagingType: 'M', personaId: '7' });
  });

  it.each([
    [{ type: 'agent' }, true],
    [{ type: 'bot' }, undefined],
    [undefined, undefined],
  ])('takes a message of %j for a person’s: %p', (sender, isFromPerson) => {
    expect(toChat({ sender }).body(connector).isFromPerson).toBe(isFromPerson);
  });

  it('has the connector render canonical content', () => {
    expect(toChat({}).body(connector).message).toEqual({ rendered: { type: 'text', text: 'x' } });
  });

  it('keeps canonical content as it was said', () => {
    const content = { type: 'file', file: { url: 'https://cdn.example/f', name: 'Invoice 7.pdf' } };
    expect(toChat({ content }).content).toEqual(content);
    expect(read({ conversation_id: id, message: {} }).content).toBeUndefined();
  });

  it.each([{}, { message: { text: 'x' }, content: { type: 'text', text: 'x' } }])('refuses the body %j', (body) => {
    expect(thrownBy(() => read({ conversation_id: id, ...body }))).toMatchObject(refusal('invalid_request'));
  });

  it('names the unknown fields of content', () => {
    const content = { type: 'text', text: 'x', colour: 'blue' };
    expect(thrownBy(() => toChat({ content }))).toMatchObject(refusal('invalid_request', 'content.colour'));
  });

  it('lets the conversation win over the other form', () => {
    const target = { conversation_id: id, channel_id: 'x', source_recipient_id: '1' };
    expect(toChat(target)).toMatchObject({ conversationId: id });
    expect(toChat(target)).not.toHaveProperty('channelId');
  });

  it.each([{ source_recipient_id: '42' }, { recipient: { id: '42' } }])('reads the contact from %j', (target) => {
    const request = read({ channel_id: id, message: {}, ...target });
    expect(request).toMatchObject({ channelId: id, sourceContactId: '42' });
  });

  it.each([
    [{}, refusal('invalid_request')],
    [{ channel_id: id }, refusal('invalid_request')],
    [{ source_recipient_id: '42' }, refusal('invalid_request')],
    [{ channel_id: id, recipient: {} }, refusal('invalid_request', 'recipient.id')],
    [{ channel_id: id, recipient: { id: 42 } }, refusal('invalid_request', 'recipient.id')],
    [{ channel_id: id, recipient: { id: '1' }, source_recipient_id: '1' }, refusal('invalid_request', 'recipient')],
    [{ channel_id: id, recipient: { user_ref: 'r' } }, refusal('content_not_sendable', 'recipient.user_ref')],
    [{ channel_id: 'abc', source_recipient_id: '42' }, refusal('not_found')],
    [{ conversation_id: 'abc' }, refusal('not_found')],
    [{ conversation_id: id, reply_to: { message_id: 'abc' } }, refusal('not_found')],
  ])('refuses the target %j', (target, expected) => {
    expect(thrownBy(() => read({ message: {}, ...target }))).toMatchObject(expected);
  });

  it.each([
    [undefined, { type: 'agent', id: 'key-1', name: 'Inbox', avatarUrl: null }],
    [{ type: 'bot' }, { type: 'bot', id: 'key-1', name: 'Inbox', avatarUrl: null }],
    [
      { type: 'bot', name: 'Robo' },
      { type: 'bot', id: 'key-1', name: 'Robo', avatarUrl: null },
    ],
    [
      { type: 'agent', id: 'ana', avatar_url: 'u' },
      { type: 'agent', id: 'ana', name: null, avatarUrl: 'u' },
    ],
  ])('takes the sender %j for %j', (sender, expected) => {
    expect(toChat({ sender }).sender).toEqual(expected);
  });

  it('takes metadata of 16 KiB of JSON, and refuses a byte more', () => {
    const ofSize = (bytes: number): object => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
    expect(toChat({ metadata: ofSize(16_384) }).metadata).toEqual(ofSize(16_384));
    expect(thrownBy(() => toChat({ metadata: ofSize(16_385) }))).toMatchObject(refusal('invalid_request', 'metadata'));
  });
});

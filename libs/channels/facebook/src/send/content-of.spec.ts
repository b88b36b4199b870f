import { contentSchema } from '#libs/messaging';
import { echo, eventOf, fixtureNames, readFixture } from '../../test/fixtures.js';
import { contentOf } from './content-of.js';

const image = { type: 'image', payload: { url: 'https://cdn.example/1.jpg' } };

describe('contentOf', () => {
  it.each([
    ['text', { text: 'hi', metadata: 'job:77' }, { text: 'hi', metadata: 'p1:x job:77' }],
    ['one attachment', { attachment: image }, { attachments: [image] }],
    ['several images', { attachments: [image, image] }, { attachments: [image, image] }],
  ])('reads %s as its echo will be read', (_name, sent, echoed) => {
    expect(eventOf(echo(echoed)).payload).toMatchObject({ content: contentOf(sent) });
  });

  it('reads a sticker by its id', () => {
    expect(contentOf({ sticker_id: 369239263222822 })).toEqual({ type: 'sticker', sticker: { id: '369239263222822' } });
  });

  it('reads a utility template', () => {
    const template = { name: 'order_shipped_1', language: { code: 'en' } };
    expect(contentOf({ template })).toEqual({ type: 'template', template: { type: 'utility', ...template } });
  });

  it('reads an attachment by its id', () => {
    expect(contentOf({ attachment: { type: 'video', payload: { attachment_id: 77, is_reusable: false } } })).toEqual({
      type: 'video',
      video: { attachment_id: '77', reusable: false },
    });
  });

  it('makes text storable', () => {
    expect(contentOf({ text: 'a\0b' })).toEqual({ type: 'text', text: 'a\uFFFDb' });
  });

  it.each(fixtureNames('sends'))('reads %s', (name) => {
    const { message } = JSON.parse(readFixture('sends', name)) as { message: Record<string, unknown> };
    expect(contentSchema.safeParse(contentOf(message)).error).toBeUndefined();
  });
});

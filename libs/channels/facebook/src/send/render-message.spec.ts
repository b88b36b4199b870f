import { outboundContentSchema } from '#libs/messaging';
import { contentOf } from './content-of.js';
import { renderMessage } from './render-message.js';

const content = outboundContentSchema.parse({
  type: 'text',
  text: 'Which size?',
  quick_replies: [{ content_type: 'text', title: 'S', payload: 'SIZE_S' }, { content_type: 'user_email' }],
});

describe('renderMessage', () => {
  it("says it in Messenger's words", () => {
    expect(JSON.stringify(renderMessage(content))).toBe(
      '{"text":"Which size?","quick_replies":[{"content_type":"text","title":"S","payload":"SIZE_S"},{"content_type":"user_email"}]}',
    );
    expect(renderMessage({ type: 'text', text: 'hi' })).toEqual({ text: 'hi' });
  });

  it('is what contentOf reads back', () => {
    expect(contentOf(renderMessage(content))).toEqual(content);
  });
});

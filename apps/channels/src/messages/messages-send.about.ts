import type { CallAbout } from '#libs/http';

/** What is known at acceptance; what only the source knows ends as a failed message. */
export const sendRefusals: NonNullable<CallAbout['refusals']> = [
  'channel_disconnected',
  'limit_exceeded',
  'content_not_sendable',
  'window_closed',
  'tag_retired',
  'feature_withdrawn',
  'thread_not_owned',
];

const conversation = '0d1b5a52-6f0c-5c0e-9d3c-2f8a1f4f2b11';

export const sendExamples: NonNullable<CallAbout['examples']> = {
  'Text with quick replies': {
    conversation_id: conversation,
    content: {
      type: 'text',
      text: 'Which size?',
      quick_replies: [
        { content_type: 'text', title: 'S', payload: 'SIZE_S' },
        { content_type: 'text', title: 'M', payload: 'SIZE_M' },
      ],
    },
  },
  'An image, said by a bot': {
    conversation_id: conversation,
    content: { type: 'image', image: { url: 'https://shop.example/blue.jpg' } },
    sender: { type: 'bot', name: 'Stock' },
  },
  'In the words of the source, by its id of the contact': {
    channel_id: '0190a6c0-0000-7000-8000-000000000001',
    source_recipient_id: '6512345678901234',
    message: { text: 'It is in stock' },
  },
};

/**
 * Every type of content that a person may send, as Parley takes it and as Messenger gets it.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages
 */
export interface OutboundSample {
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Of the Graph call, without our tag. */
  readonly message: object;
}

const button = { type: 'postback', title: 'Blue', payload: 'BLUE' };
const reply = { content_type: 'text', title: 'S', payload: 'SIZE_S' };
const cdn = 'https://cdn.example';

function file(type: string, held: object, payload: object): OutboundSample {
  return { name: type, content: { type, [type]: held }, message: { attachment: { type, payload } } };
}

function template(type: string, fields: object): OutboundSample {
  return {
    name: `${type} template`,
    content: { type: 'template', template: { type, ...fields } },
    message: { attachment: { type: 'template', payload: { template_type: type, ...fields } } },
  };
}

export const OUTBOUND: readonly OutboundSample[] = [
  {
    name: 'text',
    content: { type: 'text', text: 'Which size?', quick_replies: [reply, { content_type: 'user_email' }] },
    message: { text: 'Which size?', quick_replies: [reply, { content_type: 'user_email' }] },
  },
  file('image', { url: `${cdn}/1.jpg`, reusable: true }, { url: `${cdn}/1.jpg`, is_reusable: true }),
  file('audio', { attachment_id: '2457000000000001' }, { attachment_id: '2457000000000001' }),
  file('video', { url: `${cdn}/v.mp4` }, { url: `${cdn}/v.mp4` }),
  file('file', { url: `${cdn}/f.pdf`, name: 'Invoice 7.pdf', mime_type: 'application/pdf' }, { url: `${cdn}/f.pdf` }),
  {
    name: 'image with quick replies',
    content: { type: 'image', image: { url: `${cdn}/1.jpg` }, quick_replies: [reply] },
    message: { attachment: { type: 'image', payload: { url: `${cdn}/1.jpg` } }, quick_replies: [reply] },
  },
  {
    name: 'several images',
    content: {
      type: 'image',
      image: { url: `${cdn}/1.jpg` },
      attachments: [
        { type: 'image', image: { url: `${cdn}/1.jpg` } },
        { type: 'image', image: { attachment_id: '7' } },
      ],
    },
    message: {
      attachments: [
        { type: 'image', payload: { url: `${cdn}/1.jpg` } },
        { type: 'image', payload: { attachment_id: '7' } },
      ],
    },
  },
  {
    name: 'sticker',
    content: { type: 'sticker', sticker: { id: '369239263222822' } },
    message: { sticker_id: '369239263222822' },
  },
  template('button', { text: 'Which one?', buttons: [button, { type: 'web_url', title: 'Shop', url: `${cdn}/` }] }),
  template('generic', { elements: [{ title: 'Mug', subtitle: 'Blue', buttons: [button] }] }),
  template('receipt', {
    recipient_name: 'Ana',
    order_number: 'A-77',
    currency: 'EUR',
    payment_method: 'Visa 1234',
    summary: { total_cost: 11.5 },
    elements: [{ title: 'Mug', price: 11.5 }],
  }),
  template('media', { elements: [{ media_type: 'image', attachment_id: '2457000000000001' }] }),
  template('product', { elements: [{ id: '9001' }] }),
  template('coupon', { title: 'Ten off', coupon_code: 'TEN' }),
  template('customer_feedback', {
    title: 'How was it?',
    feedback_screens: [{ questions: [{ id: 'q_1', type: 'csat' }] }],
    business_privacy: { url: `${cdn}/privacy` },
  }),
  template('customer_information', { countries: ['FR'], business_privacy: { url: `${cdn}/privacy` } }),
  template('image_grid', { elements: [{ images: [{ url: `${cdn}/1.jpg` }, { url: `${cdn}/2.jpg` }] }] }),
  template('instant_form', { form_id: '445500000000001' }),
  {
    name: 'utility template',
    content: { type: 'template', template: { type: 'utility', name: 'order_shipped_1', language: { code: 'en' } } },
    message: { template: { name: 'order_shipped_1', language: { code: 'en' } } },
  },
];

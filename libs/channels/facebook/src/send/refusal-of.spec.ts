import { fixtureNames, readFixture } from '../../test/fixtures.js';
import { refusalOf } from './refusal-of.js';

const image = { type: 'image', payload: { url: 'https://cdn.example/1.jpg' } };
const video = { type: 'video', payload: { url: 'https://cdn.example/1.mp4' } };
const reply = { content_type: 'text', title: 'S', payload: 'SIZE_S' };
const template = (payload: object): object => ({ attachment: { type: 'template', payload } });
const button = { type: 'postback', title: 'Go', payload: 'GO' };
const refuse = (message: object): ReturnType<typeof refusalOf> => refusalOf({ message: { ...message } });
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe('refusalOf', () => {
  it.each([
    ['1999 characters', { text: 'x'.repeat(1999) }],
    ['1999 emoji', { text: '😢'.repeat(1999) }],
    ['13 quick replies', { text: 'x', quick_replies: times(13, reply) }],
    [
      'a quick reply with a picture only',
      { text: 'x', quick_replies: [{ content_type: 'text', image_url: 'https://x' }] },
    ],
    ['a quick reply that asks for the number', { text: 'x', quick_replies: [{ content_type: 'user_phone_number' }] }],
    ['a payload of 1000', { text: 'x', quick_replies: [{ ...reply, payload: 'p'.repeat(1000) }] }],
    ['metadata that fits beside ours', { text: 'x', metadata: 'm'.repeat(957) }],
    ['several images', { attachments: [image, image] }],
    ['a template with three buttons', template({ template_type: 'button', text: 'x', buttons: times(3, button) })],
    ['something that Facebook may know tomorrow', { poll: { question: '?' } }],
  ])('lets %s pass', (_name, message) => {
    expect(refuse(message)).toBeNull();
  });

  it.each([
    ['text', { text: 'x'.repeat(2000) }, 'message.text'],
    ['metadata', { text: 'x', metadata: 'm'.repeat(958) }, 'message.metadata'],
    ['quick replies', { text: 'x', quick_replies: times(14, reply) }, 'message.quick_replies'],
    [
      'titles',
      { text: 'x', quick_replies: [reply, { ...reply, title: 't'.repeat(21) }] },
      'message.quick_replies[1].title',
    ],
    [
      'payloads',
      { text: 'x', quick_replies: [{ ...reply, payload: 'p'.repeat(1001) }] },
      'message.quick_replies[0].payload',
    ],
    [
      'buttons',
      template({ template_type: 'button', text: 'x', buttons: times(4, button) }),
      'message.attachment.payload.buttons',
    ],
    [
      'button text',
      template({ template_type: 'button', text: 'x'.repeat(641), buttons: [button] }),
      'message.attachment.payload.text',
    ],
    [
      'elements',
      template({ template_type: 'generic', elements: times(11, { title: 'x' }) }),
      'message.attachment.payload.elements',
    ],
    [
      'titles of elements',
      template({ template_type: 'generic', elements: [{ title: 'x' }, { title: 'x'.repeat(81) }] }),
      'message.attachment.payload.elements[1].title',
    ],
    [
      'titles of their buttons',
      template({
        template_type: 'generic',
        elements: [{ title: 'x', buttons: [{ ...button, title: 't'.repeat(21) }] }],
      }),
      'message.attachment.payload.elements[0].buttons[0].title',
    ],
    [
      'images of a grid',
      template({ template_type: 'image_grid', elements: [{ images: times(7, {}) }] }),
      'message.attachment.payload.elements[0].images',
    ],
  ])('refuses too much of %s', (_name, message, field) => {
    expect(refuse(message)).toMatchObject({ code: 'limit_exceeded', errors: [{ field }] });
  });

  const question = { id: 'q_1', type: 'csat', title: 'How was it?' };
  const feedback = (fields: object): object =>
    template({ template_type: 'customer_feedback', feedback_screens: [{ questions: [question] }], ...fields });
  const payload = 'message.attachment.payload';

  // https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/templates: the first
  // amount that Facebook refuses.
  it.each([
    ['button', { text: 'x' }, 'buttons', 'at least 1 elements, here 0'],
    ['button', { text: 'x', buttons: [] }, 'buttons', 'at least 1 elements'],
    ['button', { buttons: [{ ...button, payload: 'p'.repeat(1001) }] }, 'buttons[0].payload', 'at most 1000'],
    ['generic', {}, 'elements', 'at least 1'],
    ['generic', { elements: [{ title: 'x', subtitle: 's'.repeat(81) }] }, 'elements[0].subtitle', 'at most 80'],
    ['generic', { elements: [{ title: 'x', buttons: times(4, button) }] }, 'elements[0].buttons', 'at most 3'],
    ['media', { elements: times(2, {}) }, 'elements', 'at most 1'],
    ['media', {}, 'elements', 'at least 1'],
    ['product', { elements: times(11, { id: '1' }) }, 'elements', 'at most 10'],
    ['receipt', { elements: times(101, {}) }, 'elements', 'at most 100'],
    ['coupon', { title: 't'.repeat(81) }, 'title', 'at most 80'],
    ['coupon', { title: 't', subtitle: 't'.repeat(81) }, 'subtitle', 'at most 80'],
    ['customer_information', { expires_in_days: 8 }, 'expires_in_days', 'at most 7, here 8'],
    ['image_grid', { elements: [{ images: [{}] }] }, 'elements[0].images', 'at least 2'],
    ['image_grid', { elements: [{ images: times(2, {}), title: 't'.repeat(46) }] }, 'elements[0].title', 'at most 45'],
    ['image_grid', { elements: times(2, { images: times(2, {}) }) }, 'elements', 'at most 1'],
  ])('refuses the %s template with %j for %s', (type, fields, path, words) => {
    expect(refuse(template({ template_type: type, ...fields }))).toMatchObject({
      code: 'limit_exceeded',
      errors: [{ field: `${payload}.${path}`, message: expect.stringContaining(words) as string }],
    });
  });

  it.each([
    [{ title: 't'.repeat(66) }, 'title'],
    [{ subtitle: 't'.repeat(81) }, 'subtitle'],
    [{ button_title: 't'.repeat(21) }, 'button_title'],
    [{ expires_in_days: 0 }, 'expires_in_days'],
    [{ feedback_screens: [] }, 'feedback_screens'],
    [{ feedback_screens: [{ questions: times(2, question) }] }, 'feedback_screens[0].questions'],
    [
      { feedback_screens: [{ questions: [{ ...question, id: 'i'.repeat(81) }] }] },
      'feedback_screens[0].questions[0].id',
    ],
    [{ feedback_screens: [{ questions: [{ ...question, title: 'How?' }] }] }, 'feedback_screens[0].questions[0].title'],
    [
      { feedback_screens: [{ questions: [{ ...question, follow_up: { placeholder: 'p'.repeat(66) } }] }] },
      'feedback_screens[0].questions[0].follow_up.placeholder',
    ],
  ])('refuses the customer_feedback template with %j', (fields, path) => {
    expect(refuse(feedback(fields))).toMatchObject({
      code: 'limit_exceeded',
      errors: [{ field: `${payload}.${path}` }],
    });
  });

  it('lets a template of the greatest size pass', () => {
    expect(refuse(feedback({ title: 't'.repeat(65), expires_in_days: 7 }))).toBeNull();
    expect(refuse(template({ template_type: 'image_grid', elements: [{ images: times(6, {}) }] }))).toBeNull();
    expect(refuse(template({ template_type: 'receipt' }))).toBeNull();
  });

  it('names everything that is too long', () => {
    const tooLong = { text: 'x'.repeat(2000), quick_replies: times(14, reply) };
    expect(refuse(tooLong)?.errors?.map(({ field }) => field)).toEqual(['message.text', 'message.quick_replies']);
    expect(refuse(tooLong)?.message).toContain('at most 1999 characters, here 2000 (https://developers.facebook.com/');
  });

  it.each([
    ['nothing', {}],
    ['nothing but metadata', { metadata: 'x', text: null }],
    ['empty text', { text: ' \n' }],
    ['text beside media', { text: 'x', attachment: image }],
    ['text beside images', { text: 'x', attachments: [image] }],
    ['several that are no images', { attachments: [image, video] }],
    ['a quick reply that says nothing', { text: 'x', quick_replies: [{ content_type: 'text', payload: 'p' }] }],
    ['metadata that is no text', { text: 'x', metadata: { a: 1 } }],
    ['a coupon code with a space', template({ template_type: 'coupon', title: 'x', coupon_code: 'TEN OFF' })],
  ])('refuses %s as nothing for one message', (_name, message) => {
    expect(refuse(message)).toMatchObject({ code: 'content_not_sendable' });
  });

  it.each(['CONFIRMED_EVENT_UPDATE', 'ACCOUNT_UPDATE', 'POST_PURCHASE_UPDATE'])('refuses the tag %s', (tag) => {
    expect(refusalOf({ message: { text: 'x' }, messagingType: 'MESSAGE_TAG', tag })).toMatchObject({
      code: 'tag_retired',
    });
  });

  it('lets the tag of a person pass, where it was said that a person wrote it', () => {
    const body = { message: { text: 'x' }, messagingType: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
    expect(refusalOf({ ...body, isFromPerson: true })).toBeNull();
    const refused = { code: 'invalid_request', errors: [{ field: 'sender.type' }] };
    expect(refusalOf({ ...body, isFromPerson: false })).toMatchObject(refused);
    expect(refusalOf(body)).toMatchObject(refused);
  });

  it.each(['RESPONSE', 'UPDATE', 'UTILITY'])('lets the type %s pass', (messagingType) => {
    expect(refusalOf({ message: { text: 'x' }, messagingType })).toBeNull();
  });

  it.each([
    ['messaging_type', { messagingType: 'response' }],
    ['messaging_type', { messagingType: 'PROMOTION', tag: 'CUSTOMER_FEEDBACK' }],
    ['tag', { messagingType: 'MESSAGE_TAG' }],
  ])('refuses a wrong %s', (field, type) => {
    expect(refusalOf({ message: { text: 'x' }, ...type })).toMatchObject({
      code: 'invalid_request',
      errors: [{ field }],
    });
  });

  it.each([
    ['airline templates', template({ template_type: 'airline_itinerary' })],
    ['list templates', template({ template_type: 'list', elements: [{}, {}] })],
    ['open_graph templates', template({ template_type: 'open_graph' })],
    [
      'share buttons',
      template({ template_type: 'generic', elements: [{ title: 'x', buttons: [{ type: 'element_share' }] }] }),
    ],
    ['buy buttons', template({ template_type: 'button', text: 'x', buttons: [{ type: 'payment', title: 'Buy' }] })],
    ['quick replies that ask for a location', { text: 'x', quick_replies: [{ content_type: 'location' }] }],
  ])('refuses %s, which Facebook has withdrawn', (_name, message) => {
    expect(refuse(message)).toMatchObject({ code: 'feature_withdrawn' });
  });

  it.each(fixtureNames('sends'))('lets the sample %s pass', (name) => {
    const { message } = JSON.parse(readFixture('sends', name)) as { message: object };
    expect(refuse(message)).toBeNull();
  });
});

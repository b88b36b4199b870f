import { asObject, isObject, type JsonObject } from '../json.js';
import { TAG_LENGTH } from '../own-tag.js';

/** A bound of Facebook on something in a message. */
interface Limit {
  /** Below `message`; `[]` is every element. */
  readonly path: string;
  /** Only in templates of this type. */
  readonly template?: string;
  /** Inclusive: characters of a text, elements of a list. */
  readonly max: number;
  readonly source: string;
}

export interface Breach {
  readonly field: string;
  readonly message: string;
}

const DOCS = 'https://developers.facebook.com/documentation/business-messaging/messenger-platform';
const SEND_API = 'https://developers.facebook.com/docs/messenger-platform/reference/send-api';
const QUICK_REPLIES = `${DOCS}/send-messages/quick-replies`;
const BUTTONS = `${DOCS}/send-messages/buttons`;
const TEMPLATE = `${DOCS}/send-messages/template`;
const ELEMENTS = 'attachment.payload.elements';

const LIMITS: readonly Limit[] = [
  // "Less than 2000", "less than 1000 characters".
  { path: 'text', max: 1_999, source: SEND_API },
  { path: 'metadata', max: 999 - TAG_LENGTH, source: SEND_API },
  { path: 'quick_replies', max: 13, source: QUICK_REPLIES },
  { path: 'quick_replies[].title', max: 20, source: QUICK_REPLIES },
  { path: 'quick_replies[].payload', max: 1_000, source: QUICK_REPLIES },
  { path: 'attachment.payload.buttons', max: 3, source: BUTTONS },
  { path: 'attachment.payload.buttons[].title', max: 20, source: BUTTONS },
  { path: 'attachment.payload.buttons[].payload', max: 1_000, source: BUTTONS },
  { path: `${ELEMENTS}[].buttons`, max: 3, source: BUTTONS },
  { path: `${ELEMENTS}[].buttons[].title`, max: 20, source: BUTTONS },
  { path: `${ELEMENTS}[].buttons[].payload`, max: 1_000, source: BUTTONS },
  { template: 'button', path: 'attachment.payload.text', max: 640, source: `${TEMPLATE}/button` },
  { template: 'generic', path: ELEMENTS, max: 10, source: `${TEMPLATE}/generic` },
  { template: 'generic', path: `${ELEMENTS}[].title`, max: 80, source: `${TEMPLATE}/generic` },
  { template: 'generic', path: `${ELEMENTS}[].subtitle`, max: 80, source: `${TEMPLATE}/generic` },
  { template: 'media', path: ELEMENTS, max: 1, source: `${TEMPLATE}/media` },
  { template: 'product', path: ELEMENTS, max: 10, source: `${TEMPLATE}/product` },
  { template: 'receipt', path: ELEMENTS, max: 100, source: `${TEMPLATE}/receipt` },
  { template: 'coupon', path: 'attachment.payload.title', max: 80, source: `${TEMPLATE}/coupon` },
  { template: 'coupon', path: 'attachment.payload.subtitle', max: 80, source: `${TEMPLATE}/coupon` },
  { template: 'customer_feedback', path: 'attachment.payload.title', max: 65, source: `${TEMPLATE}/customer-feedback` },
  {
    template: 'customer_feedback',
    path: 'attachment.payload.subtitle',
    max: 80,
    source: `${TEMPLATE}/customer-feedback`,
  },
  {
    template: 'customer_feedback',
    path: 'attachment.payload.button_title',
    max: 20,
    source: `${TEMPLATE}/customer-feedback`,
  },
  {
    template: 'customer_feedback',
    path: 'attachment.payload.feedback_screens',
    max: 1,
    source: `${TEMPLATE}/customer-feedback`,
  },
  { template: 'image_grid', path: `${ELEMENTS}[].images`, max: 6, source: `${TEMPLATE}/image-grid` },
  { template: 'image_grid', path: `${ELEMENTS}[].title`, max: 45, source: `${TEMPLATE}/image-grid` },
  { template: 'image_grid', path: `${ELEMENTS}[].subtitle`, max: 80, source: `${TEMPLATE}/image-grid` },
];

/** Everything in a message that is longer than Facebook takes it. */
export function breachesOf(message: JsonObject): Breach[] {
  const template = asObject(asObject(message['attachment'])['payload'])['template_type'];
  return LIMITS.filter((limit) => limit.template === undefined || limit.template === template).flatMap((limit) =>
    find(message, limit.path.split('.'), 'message')
      .filter(({ value }) => sizeOf(value) > limit.max)
      .map(({ field, value }) => ({ field, message: complaint(value, limit) })),
  );
}

interface Found {
  readonly field: string;
  readonly value: unknown;
}

function find(value: unknown, path: readonly string[], field: string): Found[] {
  const [step, ...rest] = path;
  if (step === undefined) return [{ field, value }];
  const key = step.replace('[]', '');
  const inner = isObject(value) ? value[key] : undefined;
  if (!step.endsWith('[]')) return find(inner, rest, `${field}.${key}`);
  const elements = Array.isArray(inner) ? (inner as readonly unknown[]) : [];
  return elements.flatMap((element, index) => find(element, rest, `${field}.${key}[${index}]`));
}

/** Facebook counts characters, not UTF-16 units. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return Array.from(value).length;
  return Array.isArray(value) ? value.length : 0;
}

function complaint(value: unknown, { max, source }: Limit): string {
  const unit = Array.isArray(value) ? 'elements' : 'characters';
  return `at most ${max} ${unit}, here ${sizeOf(value)} (${source})`;
}

import { asObject, isObject, type JsonObject } from '../json.js';
import { TAG_LENGTH } from '../own-tag.js';

/** A bound of Facebook on something in a message. */
interface Limit {
  /** Below `message`; `[]` is every element. */
  readonly path: string;
  /** Only in templates of this type. */
  readonly template?: string;
  /** Inclusive: characters of a text, elements of a list, a number itself. */
  readonly max: number;
  readonly min?: number;
  /** A list that is not there counts as an empty one. */
  readonly isNeeded?: true;
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
const PAYLOAD = 'attachment.payload';
const ELEMENTS = `${PAYLOAD}.elements`;
const SCREENS = `${PAYLOAD}.feedback_screens`;
const QUESTIONS = `${SCREENS}[].questions`;

/** The texts and numbers of a list of buttons. */
function buttonsAt(path: string): Limit[] {
  return [
    { path, max: 3, source: BUTTONS },
    { path: `${path}[].title`, max: 20, source: BUTTONS },
    { path: `${path}[].payload`, max: 1_000, source: BUTTONS },
  ];
}

function ofTemplate(template: string, page: string, limits: readonly Omit<Limit, 'template' | 'source'>[]): Limit[] {
  return limits.map((limit) => ({ ...limit, template, source: `${TEMPLATE}/${page}` }));
}

const LIMITS: readonly Limit[] = [
  // "Less than 2000", "less than 1000 characters".
  { path: 'text', max: 1_999, source: SEND_API },
  { path: 'metadata', max: 999 - TAG_LENGTH, source: SEND_API },
  { path: 'quick_replies', max: 13, source: QUICK_REPLIES },
  { path: 'quick_replies[].title', max: 20, source: QUICK_REPLIES },
  { path: 'quick_replies[].payload', max: 1_000, source: QUICK_REPLIES },
  ...buttonsAt(`${PAYLOAD}.buttons`),
  ...buttonsAt(`${ELEMENTS}[].buttons`),
  ...ofTemplate('button', 'button', [
    { path: `${PAYLOAD}.text`, max: 640 },
    { path: `${PAYLOAD}.buttons`, min: 1, max: Infinity, isNeeded: true },
  ]),
  ...ofTemplate('generic', 'generic', [
    { path: ELEMENTS, min: 1, max: 10, isNeeded: true },
    { path: `${ELEMENTS}[].title`, max: 80 },
    { path: `${ELEMENTS}[].subtitle`, max: 80 },
  ]),
  ...ofTemplate('media', 'media', [{ path: ELEMENTS, min: 1, max: 1, isNeeded: true }]),
  ...ofTemplate('product', 'product', [{ path: ELEMENTS, min: 1, max: 10, isNeeded: true }]),
  ...ofTemplate('receipt', 'receipt', [{ path: ELEMENTS, max: 100 }]),
  ...ofTemplate('coupon', 'coupon', [
    { path: `${PAYLOAD}.title`, max: 80 },
    { path: `${PAYLOAD}.subtitle`, max: 80 },
  ]),
  ...ofTemplate('customer_feedback', 'customer-feedback', [
    { path: `${PAYLOAD}.title`, max: 65 },
    { path: `${PAYLOAD}.subtitle`, max: 80 },
    { path: `${PAYLOAD}.button_title`, max: 20 },
    { path: `${PAYLOAD}.expires_in_days`, min: 1, max: 7 },
    { path: SCREENS, min: 1, max: 1, isNeeded: true },
    { path: QUESTIONS, min: 1, max: 1, isNeeded: true },
    { path: `${QUESTIONS}[].id`, min: 1, max: 80 },
    { path: `${QUESTIONS}[].title`, min: 5, max: 85 },
    { path: `${QUESTIONS}[].follow_up.placeholder`, max: 65 },
  ]),
  ...ofTemplate('customer_information', 'customer-information', [
    { path: `${PAYLOAD}.expires_in_days`, min: 1, max: 7 },
  ]),
  ...ofTemplate('image_grid', 'image-grid', [
    { path: ELEMENTS, min: 1, max: 1, isNeeded: true },
    { path: `${ELEMENTS}[].images`, min: 2, max: 6, isNeeded: true },
    { path: `${ELEMENTS}[].title`, max: 45 },
    { path: `${ELEMENTS}[].subtitle`, max: 80 },
  ]),
];

/** Everything in a message that is longer, or shorter, than Facebook takes it. */
export function breachesOf(message: JsonObject): Breach[] {
  const template = asObject(asObject(message['attachment'])['payload'])['template_type'];
  return LIMITS.filter((limit) => limit.template === undefined || limit.template === template).flatMap((limit) =>
    find(message, limit.path.split('.'), 'message').flatMap(({ field, value }) => {
      const complaint = complain(value, limit);
      return complaint === null ? [] : [{ field, message: complaint }];
    }),
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

function complain(value: unknown, { min = 0, max, isNeeded, source }: Limit): string | null {
  const measured = measure(isNeeded === true ? (value ?? []) : value);
  if (measured === null) return null;
  const { size, unit } = measured;
  if (size > max) return `at most ${max}${unit}, here ${size} (${source})`;
  return size < min ? `at least ${min}${unit}, here ${size} (${source})` : null;
}

/** Facebook counts characters, not UTF-16 units. */
function measure(value: unknown): { readonly size: number; readonly unit: string } | null {
  if (typeof value === 'string') return { size: Array.from(value).length, unit: ' characters' };
  if (Array.isArray(value)) return { size: value.length, unit: ' elements' };
  return typeof value === 'number' ? { size: value, unit: '' } : null;
}

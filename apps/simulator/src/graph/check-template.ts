import { asList, asObject, asText, type JsonObject } from '../json.js';
import { checkButtons, checkLength } from './check-buttons.js';
import { checkCoupon, checkFeedback, checkImageGrid } from './check-rare-template.js';
import { invalidParameter, refusal } from './graph-error.js';
import {
  BUTTON_TEXT_MAX,
  ELEMENT_SUBTITLE_MAX,
  ELEMENT_TITLE_MAX,
  GENERIC_ELEMENTS_MAX,
  PRODUCT_ELEMENTS_MAX,
  RECEIPT_ELEMENTS_MAX,
  TEMPLATE_TYPES,
} from './limits.js';

const RECEIPT_REQUIRED = ['recipient_name', 'order_number', 'currency', 'payment_method'];

/** The limits of the other templates are not simulated. */
const TEMPLATE_CHECKS: Readonly<Record<string, (payload: JsonObject) => void>> = {
  generic: (payload) => {
    elementsOf(payload, 1, GENERIC_ELEMENTS_MAX).forEach(checkGenericElement);
  },
  button: (payload) => {
    checkLength(payload['text'], BUTTON_TEXT_MAX, 'text of a button template');
    checkButtons(payload['buttons'], 1);
  },
  media: (payload) => {
    elementsOf(payload, 1, 1).forEach(checkMediaElement);
  },
  product: (payload) => {
    elementsOf(payload, 1, PRODUCT_ELEMENTS_MAX);
  },
  receipt: checkReceipt,
  coupon: checkCoupon,
  customer_feedback: checkFeedback,
  image_grid: checkImageGrid,
};

/** https://developers.facebook.com/docs/messenger-platform/send-messages/templates */
export function checkTemplate(payload: JsonObject): void {
  const type = asText(payload['template_type']) ?? '';
  if (!TEMPLATE_TYPES.has(type)) throw invalidParameter(`The template type "${type}" is not supported`);
  TEMPLATE_CHECKS[type]?.(payload);
}

function elementsOf(payload: JsonObject, min: number, max: number): JsonObject[] {
  const elements = asList(payload['elements']);
  if (elements.length < min || elements.length > max) {
    throw invalidParameter(`A template of this type takes ${String(min)} to ${String(max)} elements`);
  }
  return elements.map(asObject);
}

function checkGenericElement(element: JsonObject): void {
  checkLength(element['title'], ELEMENT_TITLE_MAX, 'title of an element');
  if (element['subtitle'] !== undefined)
    checkLength(element['subtitle'], ELEMENT_SUBTITLE_MAX, 'subtitle of an element');
  if (element['buttons'] !== undefined) checkButtons(element['buttons'], 0);
  const others = ['subtitle', 'image_url', 'default_action', 'buttons'].filter((key) => element[key] !== undefined);
  if (others.length === 0) throw invalidParameter('An element needs another property beside its title');
}

function checkMediaElement(element: JsonObject): void {
  if (element['media_type'] !== 'image' && element['media_type'] !== 'video') {
    throw invalidParameter('The media_type of a media template must be image or video');
  }
  const url = asText(element['url']);
  if ((url === undefined) === (element['attachment_id'] === undefined)) {
    throw invalidParameter('A media template needs either url or attachment_id');
  }
  if (url !== undefined && !/^https?:\/\/([\w-]+\.)*facebook\.com\//.test(url)) throw refusal('media_url_foreign');
  if (element['buttons'] !== undefined) checkButtons(element['buttons'], 0);
}

function checkReceipt(payload: JsonObject): void {
  const missing = RECEIPT_REQUIRED.find((key) => payload[key] === undefined);
  if (missing !== undefined) throw invalidParameter(`A receipt needs ${missing}`);
  if (asObject(payload['summary'])['total_cost'] === undefined)
    throw invalidParameter('A receipt needs summary.total_cost');
  if (asList(payload['elements']).length > RECEIPT_ELEMENTS_MAX)
    throw invalidParameter('A receipt has too many elements');
}

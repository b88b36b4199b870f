import { asList, asObject, asText, type JsonObject } from '../json.js';
import { checkButtons, checkLength } from './check-buttons.js';
import { invalidParameter } from './graph-error.js';
import { FEEDBACK, GRID, ELEMENT_SUBTITLE_MAX, ELEMENT_TITLE_MAX } from './limits.js';

/** https://developers.facebook.com/docs/messenger-platform/send-messages/template/coupon */
export function checkCoupon(payload: JsonObject): void {
  const code = asText(payload['coupon_code']);
  if ((code === undefined) === (payload['coupon_url'] === undefined)) {
    throw invalidParameter('A coupon needs either coupon_code or coupon_url');
  }
  if (code?.includes(' ') === true) throw invalidParameter('A coupon_code has no spaces');
  checkLength(payload['title'], ELEMENT_TITLE_MAX, 'title of a coupon');
  if (payload['subtitle'] !== undefined) checkLength(payload['subtitle'], ELEMENT_SUBTITLE_MAX, 'subtitle of a coupon');
}

/** https://developers.facebook.com/docs/messenger-platform/send-messages/template/customer-feedback-template */
export function checkFeedback(payload: JsonObject): void {
  checkLength(payload['title'], FEEDBACK.titleMax, 'title of a feedback request');
  const screens = asList(payload['feedback_screens']);
  const questions = asList(asObject(screens[0])['questions']);
  if (screens.length !== 1 || questions.length !== 1) {
    throw invalidParameter('A feedback request has one screen with one question');
  }
  if (asText(asObject(payload['business_privacy'])['url']) === undefined) {
    throw invalidParameter('A feedback request needs business_privacy.url');
  }
  const days = Number(payload['expires_in_days'] ?? 1);
  if (!(days >= 1 && days <= FEEDBACK.daysMax)) throw invalidParameter('expires_in_days must be between 1 and 7');
}

/** https://developers.facebook.com/docs/messenger-platform/send-messages/template/image-grid */
export function checkImageGrid(payload: JsonObject): void {
  const elements = asList(payload['elements']);
  const element = asObject(elements[0]);
  const images = asList(element['images']).map(asObject);
  if (elements.length !== 1) throw invalidParameter('An image grid has one element');
  if (images.length < GRID.imagesMin || images.length > GRID.imagesMax) {
    throw invalidParameter('An image grid has 2 to 6 images');
  }
  if (images.filter((image) => image['is_hero_image'] === true).length > 1) {
    throw invalidParameter('An image grid has at most one hero image');
  }
  if (element['title'] !== undefined) checkLength(element['title'], GRID.titleMax, 'title of an image grid');
  if (element['buttons'] !== undefined) checkButtons(element['buttons'], 0);
}

import { OWN_FAULT, refused, THROTTLED, type Verdict } from './verdict.js';

interface Row extends Verdict {
  /** `code` or `code/subcode`. */
  readonly matches: readonly string[];
}

const PERMISSION: Verdict = {
  ...refused(
    'auth',
    'The app or the page lacks a permission: usually pages_messaging, or the app is not live. Grant it.',
  ),
  code: 'permission_missing',
};
const LATER = { retryable: true } as const;

/**
 * Codes: https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes (2026-06-25).
 * Only the first row is ever repeated by itself: these are listed refusals. Facebook answers 1, 2 and 1200 also for
 * messages that were delivered.
 */
export const ROWS: readonly Row[] = [
  {
    matches: [
      '4',
      '4/2018022',
      '17',
      '32',
      '341',
      '613',
      '613/1996',
      '613/2534040',
      '80001',
      '80002',
      '80006',
      '80008',
    ],
    ...THROTTLED,
  },
  {
    matches: ['190', '102', '2500'],
    outcome: 'reauth',
    code: 'token_invalid',
    category: 'auth',
    retryable: true,
    remedy: 'Facebook no longer accepts the token of the page. Connect the page again.',
  },
  { matches: ['1', '1/1357046', '2', '1200', '1545012'], ...OWN_FAULT },
  {
    matches: ['10/2018278', '10/2018065', '10/2534022'],
    ...refused(
      'policy',
      'The messaging window is closed. Wait until the contact writes, or send what is allowed outside the window.',
    ),
    code: 'window_closed',
  },
  {
    matches: ['10/2018300', '10/2018321', '100/2534037'],
    ...refused(
      'policy',
      'Another app or a lead form controls the thread. Request or take thread control, then send again.',
    ),
    ...LATER,
    code: 'thread_not_owned',
  },
  { matches: ['3', '10', '200', '200/2018021', '200/2018027', '200/2018028', '210', '230'], ...PERMISSION },
  {
    matches: ['1/99'],
    ...PERMISSION,
    remedy:
      'Facebook gives no reason; usually the app lacks a permission or the business its verification. Check both.',
  },
  {
    matches: ['2/2018344'],
    ...PERMISSION,
    remedy: 'The page has not accepted Facebook’s terms for labels. Let an admin of the page accept them.',
  },
  {
    matches: ['10/2534077', '100/2534013'],
    ...PERMISSION,
    remedy: 'The link between page, person and Instagram account is missing or not verified. Set it up at Facebook.',
  },
  {
    matches: ['200/2534041'],
    ...PERMISSION,
    remedy: 'The Instagram account does not allow access to its messages. Switch that on in its privacy settings.',
  },
  {
    matches: ['551', '551/1545041', '200/1545041', '100/2018001', '100/2534014', '10/2018336'],
    ...refused(
      'contact',
      'This person cannot be reached by this page. Wait until they write, or reach them elsewhere.',
    ),
  },
  {
    matches: ['10/1893015', '613/1893016'],
    ...refused('contact', 'This person does not want messages on this topic. Do not ask again.'),
  },
  {
    matches: ['10/2018108', '4/2018354'],
    ...refused('contact', 'This person cannot receive this message right now. Send it again later.'),
    ...LATER,
  },
  {
    matches: ['9/2018352'],
    ...refused('temporary', 'The limit of opt-in requests is reached. Send this one again later.'),
    ...LATER,
    code: 'rate_limited',
  },
  {
    matches: ['368', '10/1404170', '613/2018338', '2022', '100/2534029'],
    ...refused('page', 'Facebook restricts this page. Stop sending and look into the page’s support inbox.'),
  },
  {
    matches: ['10/1893063'],
    ...refused('page', 'Facebook keeps this page from sending for some days. Stop sending, and send again after them.'),
    ...LATER,
  },
  {
    matches: ['100/2018008', '100/2018294'],
    ...refused(
      'request',
      'Facebook could not fetch or read the attachment. Check that its URL is public, then send again.',
    ),
    ...LATER,
  },
  {
    matches: ['100/2018047', '100/2018074', '100/2018109'],
    ...refused(
      'request',
      'Facebook does not take the attachment: wrong type, too large, or an id that expired or is not this page’s. Upload it again.',
    ),
  },
  {
    matches: ['100/33'],
    ...refused(
      'request',
      'Facebook finds nothing under this id, or may not show it. Check the id, and connect the page again if it is right.',
    ),
  },
  {
    matches: ['100/2018164', '2018171', '2018234'],
    ...refused('request', 'The other app cannot take part in this thread. Check its id and its role at the page.'),
  },
  {
    matches: ['100/2018014', '100/2018015', '100/2018040', '100/2018041', '100/2018053'],
    ...refused(
      'request',
      'Something in the message is empty or does not go together: text, payload, URL or title of a button. Correct it.',
    ),
  },
  {
    matches: ['100/2018320', '100/2018328'],
    ...refused(
      'request',
      'The product is not in the page’s catalogue, or the Graph version is older than 8. Check both.',
    ),
  },
  {
    matches: range(2018173, 2018188),
    ...refused(
      'request',
      'Facebook does not take the media template: it needs an attachment_id or a facebook.com URL. Correct it.',
    ),
  },
  {
    matches: ['2018218', '2018247'],
    ...refused('contact', 'Facebook does not show the profile of this person. Go on without it.'),
  },
  {
    matches: ['1/2018382', '36103', '2018144', ...range(2018389, 2018396)],
    ...refused(
      'request',
      'The page or the account may not use this feature. Check at Facebook whether it is eligible.',
    ),
  },
  {
    matches: ['9000001'],
    ...refused('request', 'The message is deleted or too old for Facebook to show. Go on without it.'),
  },
  {
    matches: ['10303'],
    ...refused('request', 'The account_linking_token is wrong or older than five minutes. Start the linking again.'),
  },
  {
    matches: ['506'],
    ...refused('request', 'Facebook took the same text just before. Change it if it must be said twice.'),
  },
  {
    matches: ['24001', '24002', '24005'],
    ...refused('request', 'Facebook does not take the payment request. Use a link to your own shop.'),
  },
  {
    matches: ['100', '100/2534015', '100/2534025'],
    ...refused(
      'request',
      'Facebook does not take the message as it is (retired message tags are refused so, too). Correct it.',
    ),
  },
];

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
}

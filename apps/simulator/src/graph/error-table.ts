import type { Refusal } from './graph-error.js';

/** Facebook asks for a retry, so the answer carries is_transient. */
const AGAIN = true;

type Row = readonly [code: number, subcode: number | null, message: string, isTransient?: boolean];

/** What a `refuse` fault says by itself. https://developers.facebook.com/docs/messenger-platform/error-codes */
const ROWS: readonly Row[] = [
  [1, null, 'An unknown error occurred', AGAIN],
  [1, 99, 'An unknown error occurred; a permission or a verification may be missing'],
  [1, 1357046, 'Received invalid JSON reply'],
  [1, 2018382, 'The instant form is not eligible'],
  [2, null, 'An unexpected error has occurred. Please retry your request later.', AGAIN],
  [2, 2018344, 'The page must accept the privacy terms of labels'],
  [3, null, 'Application does not have the capability to make this API call.'],
  [4, null, 'Application request limit reached', AGAIN],
  [4, 2018022, 'Too many send requests to phone numbers', AGAIN],
  [4, 2018354, 'A marketing message was sent to this token too recently'],
  [9, 2018352, 'Too many opt-in requests', AGAIN],
  [10, null, 'Application does not have permission for this action'],
  [10, 2018278, 'This message is sent outside of allowed window.'],
  [10, 2018065, 'This message is sent outside of allowed window. You need page_messaging_subscriptions permission'],
  [10, 2018108, 'This person cannot receive messages right now'],
  [10, 2018300, 'Another app is controlling this thread now'],
  [10, 2018321, 'A lead form is controlling this thread now'],
  [10, 2018336, 'The thread is affected by the privacy rules of the European Union'],
  [10, 2534022, 'This message is sent outside of allowed window.'],
  [10, 2534077, 'The link of page and account could not be verified'],
  [10, 1404170, 'The page may not send opt-in requests'],
  [10, 1893015, 'The person stopped messages on this topic'],
  [10, 1893063, 'The page is temporarily restricted from sending messages', AGAIN],
  [17, null, 'User request limit reached', AGAIN],
  [17, 2446079, 'User request limit reached', AGAIN],
  [32, null, 'Page request limit reached', AGAIN],
  [100, null, 'Invalid parameter'],
  [100, 33, 'Unsupported request. The object does not exist or cannot be loaded due to missing permissions.'],
  [100, 2018001, 'No matching user found'],
  [100, 2018008, 'Failed to fetch the file from the url', AGAIN],
  [100, 2018014, 'A message and a sender action cannot go together'],
  [100, 2018015, 'Neither a message nor a sender action was given'],
  [100, 2018040, 'The payload of a postback button is empty'],
  [100, 2018041, 'The url of a button is empty'],
  [100, 2018047, 'Upload attachment failure'],
  [100, 2018053, 'The title of a button is empty'],
  [100, 2018074, 'The attachment id does not exist or belongs to another page'],
  [100, 2018109, 'The attachment is too large'],
  [100, 2018164, 'The app id of the new owner is wrong'],
  [100, 2018294, 'The upload of the video timed out or the video is corrupt', AGAIN],
  [100, 2018320, 'The product id is not valid'],
  [100, 2018328, 'Product templates need version 8.0 or later'],
  [100, 2534013, 'The account is not linked to a page'],
  [100, 2534014, 'No matching user found'],
  [100, 2534015, 'Invalid message data'],
  [100, 2534025, 'The comment is not valid'],
  [100, 2534029, 'The business is blocked'],
  [100, 2534037, 'The app does not own the thread'],
  [102, null, 'Session key invalid or no longer valid'],
  [190, null, 'Invalid OAuth access token.'],
  [190, 458, 'Error validating access token: The user has not authorized the application'],
  [190, 459, 'Error validating access token: The user is in a checkpoint'],
  [190, 460, 'Error validating access token: The session was invalidated because the password was changed'],
  [190, 463, 'Error validating access token: Session has expired'],
  [190, 464, 'Error validating access token: The user is not confirmed'],
  [190, 467, 'Error validating access token: The session is invalid because the user logged out'],
  [190, 492, 'Error validating access token: The user has no role on the page any more'],
  [200, null, 'Requires a permission that was not granted'],
  [200, 1545041, 'This person is not available right now'],
  [200, 2018021, 'The page may not match phone numbers'],
  [200, 2018027, 'The app may not match phone numbers'],
  [200, 2018028, 'Cannot message users who are not admins, developers or testers of the app'],
  [200, 2534041, 'The account does not allow access to its messages'],
  [230, null, 'Requires pages_messaging permission to manage the object'],
  [341, null, 'Feed action request limit reached', AGAIN],
  [368, null, 'The action attempted has been deemed abusive or is otherwise disallowed'],
  [506, null, 'Duplicate status message'],
  [551, null, 'This person is not available right now.'],
  [551, 1545041, 'This person is not available right now.'],
  [613, null, 'Calls to this api have exceeded the rate limit.', AGAIN],
  [613, 1893016, 'The person was asked about this topic before'],
  [613, 1996, 'The volume of requests is unusual', AGAIN],
  [613, 2018338, 'The use of message tags is bothersome'],
  [613, 2534040, 'Calls to this api have exceeded the rate limit.', AGAIN],
  [1200, null, 'Temporary send message failure. Please try again later.', AGAIN],
  [1545012, null, 'Temporary failure', AGAIN],
  [1545041, null, 'This person is not available right now'],
  [2022, null, 'Commerce messages are disabled'],
  [2500, null, 'An active access token must be used to query information about the current user.'],
  [10303, null, 'The account linking token is not valid'],
  [24001, null, 'The payment is not valid'],
  [24002, null, 'The payment is not available'],
  [24005, null, 'The payment is not valid'],
  [36103, null, 'The account is not eligible'],
  [80001, null, 'There have been too many calls to this Page account.', AGAIN],
  [80002, null, 'There have been too many calls to this Instagram account.', AGAIN],
  [80006, null, 'There have been too many calls to this Messenger account.', AGAIN],
  [80008, null, 'There have been too many calls to this WhatsApp Business account.', AGAIN],
  [9000001, null, 'The message was deleted'],
  [2018144, null, 'The quota of the instant game is used up'],
  [2018171, null, 'The app is not the primary receiver'],
  [2018173, null, 'The media template is not valid'],
  [2018188, null, 'A media template takes Facebook urls only'],
  [2018218, null, 'The profile of this person is not available'],
  [2018234, null, 'The app is not a secondary receiver'],
  [2018247, null, 'The permission to see this profile is missing'],
  [2018300, null, 'Another app is controlling this thread now'],
  [2018321, null, 'A lead form is controlling this thread now'],
  [2018389, null, 'Calling is not possible'],
];

/** The row of the pair, else that of the code alone, else a bare one. */
export function errorRow(code: number, subcode?: number): Refusal {
  const exact = ROWS.find((row) => row[0] === code && row[1] === (subcode ?? null));
  const row = exact ?? ROWS.find((candidate) => candidate[0] === code);
  return {
    code,
    message: row?.[2] ?? 'Refused by the simulator',
    ...(subcode === undefined ? {} : { subcode }),
    ...(code === 100 && subcode === 33 ? { type: 'GraphMethodException' } : {}),
    ...(exact?.[3] === true ? { transient: true } : {}),
  };
}

export interface ListedError {
  readonly code: number;
  readonly subcode: number | null;
  readonly message: string;
  readonly is_transient: boolean;
}

export function listErrors(): readonly ListedError[] {
  return ROWS.map(([code, subcode, message, again]) => ({ code, subcode, message, is_transient: again === true }));
}

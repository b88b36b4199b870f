/** The simulator's own table of refusals. Codes: https://developers.facebook.com/docs/messenger-platform/error-codes */
const REFUSALS = {
  unknown: { code: 1, message: 'An unknown error occurred' },
  service: { code: 2, message: 'An unexpected error has occurred. Please retry your request later.', transient: true },
  rate_limited: { code: 4, message: 'Application request limit reached', transient: true },
  permission_denied: { code: 10, message: 'Application does not have permission for this action' },
  window_closed: { code: 10, subcode: 2018278, message: 'This message is sent outside of allowed window.' },
  news_only: { code: 10, subcode: 2018065, message: 'This tag needs the permission of a news page.' },
  parameter: { code: 100, message: 'Invalid parameter' },
  object_missing: {
    code: 100,
    subcode: 33,
    type: 'GraphMethodException',
    message: 'Unsupported request. The object does not exist or cannot be loaded due to missing permissions.',
  },
  no_such_user: { code: 100, subcode: 2018001, message: 'No matching user found' },
  message_and_action: { code: 100, subcode: 2018014, message: 'A message and a sender action cannot go together' },
  nothing_to_send: { code: 100, subcode: 2018015, message: 'Neither a message nor a sender action was given' },
  payload_empty: { code: 100, subcode: 2018040, message: 'The payload of a postback button is empty' },
  button_url_empty: { code: 100, subcode: 2018041, message: 'The url of a button is empty' },
  button_title_empty: { code: 100, subcode: 2018053, message: 'The title of a button is empty' },
  media_url_foreign: { code: 100, subcode: 2018188, message: 'A media template takes Facebook urls only' },
  profile_unavailable: { code: 100, subcode: 2018218, message: 'The profile of this person is not available' },
  proof_missing: {
    code: 100,
    type: 'GraphMethodException',
    message: 'API calls from the server require an appsecret_proof argument',
  },
  proof_wrong: {
    code: 100,
    type: 'GraphMethodException',
    message: 'Invalid appsecret_proof provided in the API argument',
  },
  client_secret_wrong: { code: 1, message: 'Error validating client secret.', status: 400 },
  client_unknown: { code: 101, message: 'Error validating application. Cannot get application info.' },
  token_unknown: { code: 190, message: 'Invalid OAuth access token - Cannot parse access token' },
  token_expired: { code: 190, subcode: 463, message: 'Error validating access token: Session has expired' },
  token_invalidated: { code: 190, message: 'Error validating access token: The session has been invalidated' },
  permission_missing: { code: 200, message: 'Requires a permission that was not granted' },
  permission_of_profile_missing: {
    code: 100,
    subcode: 2018247,
    message: 'The permission to see this profile is missing',
  },
  person_unavailable: { code: 551, subcode: 1545041, message: 'This person is not available right now.' },
  thread_not_owned: { code: 10, subcode: 2018300, message: 'Another app is controlling this thread now' },
  target_app_wrong: { code: 100, subcode: 2018164, message: 'The app id of the new owner is wrong' },
  redirect_uri_wrong: { code: 100, subcode: 36008, message: 'The redirect_uri is not the one of the login dialog.' },
  code_used: { code: 100, subcode: 36009, message: 'This authorization code has been used.' },
  rate_exceeded: { code: 613, message: 'Calls to this api have exceeded the rate limit.', transient: true },
  page_token_needed: { code: 210, message: 'A page access token is required to request this resource.' },
  messaging_missing: { code: 230, message: 'Requires pages_messaging permission to manage the object' },
  token_missing: {
    code: 2500,
    message: 'An active access token must be used to query information about the current user.',
  },
  path_unknown: { code: 2500, message: 'Unknown path components' },
} as const satisfies Record<string, Refusal>;

export interface Refusal {
  readonly code: number;
  readonly message: string;
  readonly subcode?: number;
  readonly type?: string;
  readonly status?: number;
  readonly transient?: boolean;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export type RefusalName = keyof typeof REFUSALS;

/** 400 for everything else. Few pages state a status; these were observed by clients or are guesses. */
const STATUS_BY_CODE: ReadonlyMap<number, number> = new Map([
  [1, 500],
  [2, 500],
  [3, 403],
  [200, 403],
  [230, 403],
]);

export class GraphError extends Error {
  readonly status: number;

  constructor(readonly refusal: Refusal) {
    super(`(#${String(refusal.code)}) ${refusal.message}`);
    this.status = refusal.status ?? STATUS_BY_CODE.get(refusal.code) ?? 400;
  }
}

/** `overrides` refine the table's row, usually its message. */
export function refusal(name: RefusalName, overrides: Partial<Refusal> = {}): GraphError {
  return new GraphError({ ...REFUSALS[name], ...overrides });
}

export function invalidParameter(message: string): GraphError {
  return refusal('parameter', { message });
}

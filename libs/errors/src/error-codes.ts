interface ErrorEntry {
  readonly status: number;
  readonly title: string;
  /** What the caller does about it. */
  readonly remedy: string;
}

/** Every code that an answer can carry, registered once; `docs/errors.md` is made of this. */
export const errorCodes = {
  invalid_request: {
    status: 400,
    title: 'The request is malformed',
    remedy: 'Correct the fields named in `errors` and send it again.',
  },
  cursor_invalid: {
    status: 400,
    title: 'The cursor is not one of this list',
    remedy: 'Start again without a cursor, or use one that this call gave for the same conversation and workspace.',
  },
  filter_unsupported: { status: 400, title: 'Filters are not supported', remedy: 'Leave `filters` out.' },
  unauthorized: {
    status: 401,
    title: 'No valid API key',
    remedy: 'Send `Authorization: Bearer <api key>` with a key that is neither revoked nor expired.',
  },
  scope_missing: {
    status: 403,
    title: 'The API key lacks a scope',
    remedy: 'Use a key with the scope named in `detail`.',
  },
  origin_refused: {
    status: 403,
    title: 'The page is of a foreign origin',
    remedy: 'Add the origin of the page to PARLEY_ALLOWED_ORIGINS.',
  },
  signature_invalid: {
    status: 403,
    title: 'The signature does not fit the body',
    remedy: 'Check that the app secret configured here is the one of the app that sends.',
  },
  not_found: {
    status: 404,
    title: 'No such object',
    remedy: 'Check the id. Ids of other workspaces are not found either.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Calls are made with POST',
    remedy: 'Send the call as POST with a JSON body.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'The first call with this Idempotency-Key is still running',
    remedy: 'Wait as long as `Retry-After` says and send the same call again.',
  },
  channel_disconnected: {
    status: 409,
    title: 'The channel is disconnected',
    remedy: 'Connect the page again, then send.',
  },
  message_not_resendable: {
    status: 409,
    title: 'Only a failed or unknown message can be sent again',
    remedy: 'Read the state of the message; nothing needs to be done when it was sent.',
  },
  page_taken: {
    status: 409,
    title: 'The page is connected in another workspace',
    remedy: 'Disconnect it there first.',
  },
  body_too_large: { status: 413, title: 'The body is too large', remedy: 'Send less in one request.' },
  media_type_unsupported: { status: 415, title: 'Bodies are JSON', remedy: 'Send `Content-Type: application/json`.' },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    remedy: 'Use a new key for a new request.',
  },
  limit_exceeded: { status: 422, title: 'A limit is exceeded', remedy: 'Shorten what `errors` names.' },
  content_not_sendable: {
    status: 422,
    title: 'The source cannot take this in one message',
    remedy: 'Split it into several messages, each with its own call.',
  },
  window_closed: {
    status: 422,
    title: 'The messaging window is closed',
    remedy: 'Wait until the contact writes, or use a message type that is allowed outside the window.',
  },
  tag_retired: {
    status: 422,
    title: 'Facebook refuses this message tag',
    remedy: 'Use a utility template, or HUMAN_AGENT for an answer by a person.',
  },
  feature_withdrawn: {
    status: 422,
    title: 'Facebook has withdrawn this feature',
    remedy: 'See `detail` for the replacement.',
  },
  thread_not_owned: {
    status: 422,
    title: 'Another app controls the thread',
    remedy: 'Request or take thread control first.',
  },
  token_invalid: {
    status: 422,
    title: 'Facebook does not accept the token',
    remedy: 'Make a new page token and connect again.',
  },
  token_not_page: {
    status: 422,
    title: 'The token is not a page token',
    remedy: 'Choose “Get Page Token” in the Graph API Explorer, or take `access_token` of the page from /me/accounts.',
  },
  token_wrong_page: {
    status: 422,
    title: 'The token belongs to another page',
    remedy: 'Use the token of the page named by `page_id`.',
  },
  permission_missing: {
    status: 422,
    title: 'The token lacks a permission',
    remedy: 'Grant the permission named in `detail` and make a new token.',
  },
  graph_refused: { status: 422, title: 'Facebook refused the call', remedy: 'Read `source_error`.' },
  rate_limited: { status: 429, title: 'Too many requests', remedy: 'Wait as long as `Retry-After` says.' },
  internal: {
    status: 500,
    title: 'An error of ours',
    remedy: 'Report it with the `request_id`; the log has the cause.',
  },
  graph_unavailable: {
    status: 502,
    title: 'Facebook answered with an error of its own',
    remedy: 'Send the call again later; nothing was changed.',
  },
  unavailable: {
    status: 503,
    title: 'A part that this call needs is away',
    remedy: 'Send the call again after `Retry-After`.',
  },
  graph_timeout: {
    status: 504,
    title: 'Facebook did not answer in time',
    remedy: 'Send the call again; nothing was left half-made.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCodes;

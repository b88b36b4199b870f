import { errorCodes, type AppError } from '#libs/errors';

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The time to wait when an error that passes by itself names none. */
const DEFAULT_RETRY_SECONDS = 1;

export interface RenderedProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** RFC 9457; `message` repeats `detail` because Airy's clients read it. */
export function renderProblem(problem: AppError, requestId: string): RenderedProblem {
  const { code, status, message, details } = problem;
  const body = {
    type: `/docs/errors#${code}`,
    title: errorCodes[code].title,
    status,
    detail: message,
    code,
    message,
    request_id: requestId,
    errors: details.errors,
    source_error: details.sourceError,
  };
  return { status, headers: { 'content-type': PROBLEM_TYPE, ...retryAfter(problem) }, body: JSON.stringify(body) };
}

function retryAfter({ status, details }: AppError): Record<string, string> {
  const seconds = details.retryAfterSeconds ?? (status === 503 ? DEFAULT_RETRY_SECONDS : undefined);
  return seconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(seconds))) };
}

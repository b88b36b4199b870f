import type { Failure } from '#libs/messaging';

export const outcomeUnknown: Failure = {
  code: 'outcome_unknown',
  category: 'unknown',
  retryable: false,
  message:
    'The source never said whether it took the message. Look into the conversation there before sending it again.',
};

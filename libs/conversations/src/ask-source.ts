import { SourceRefusal } from '#libs/channels/kit';
import { AppError } from '#libs/errors';

/** A refusal of the source as one of ours, with its own words beside it. */
export async function askSource<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SourceRefusal)) throw error;
    const { code, message, sourceError } = error;
    throw new AppError(code, message, sourceError === undefined ? {} : { sourceError });
  }
}

/** A refusal as a value; every other error is thrown on. */
export async function refusalOf(ask: () => Promise<unknown>): Promise<SourceRefusal | null> {
  try {
    await ask();
    return null;
  } catch (error) {
    if (error instanceof SourceRefusal) return error;
    throw error;
  }
}

/** In one sentence, for a channel's health. */
export function wordsOf({ message, sourceError }: SourceRefusal): string {
  const said = sourceError?.message ?? '';
  return said === '' ? message : `${message} (${said})`;
}

/** The source says nothing about the token, the page or the app: it is away. */
export function isAway({ code }: SourceRefusal): boolean {
  return code === 'graph_unavailable' || code === 'graph_timeout';
}

/** Nothing can be done with this token any more. */
export function isTokenDead({ code }: SourceRefusal): boolean {
  return code === 'token_invalid' || code === 'token_not_page' || code === 'token_wrong_page';
}

/** kafkajs has promises that settle never, after a broker froze. What was asked may still come about. */
export class LateError extends Error {
  override readonly name = 'LateError';
}

export async function within<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new LateError(`Kafka did not ${what} within ${ms} ms.`));
    }, ms);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

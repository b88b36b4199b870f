/** One call of `append`, whose records may go out in several flushes. */
export interface OpenAppend {
  readonly result: Promise<void>;
  /** Resolves with the result, whatever it is. */
  readonly settled: Promise<void>;
  isSettled(): boolean;
  /** One more of its records is safe. */
  stored(): void;
  fail(error: unknown): void;
}

export function openAppend(records: number, deadlineMs: number): OpenAppend {
  let left = records;
  let isSettled = false;
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const result = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });

  const settle = (end: () => void): void => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    end();
  };
  const fail = (error: unknown): void => {
    settle(() => {
      reject(error);
    });
  };
  const timer = setTimeout(() => {
    fail(new Error(`The log did not answer within ${deadlineMs} ms.`));
  }, deadlineMs);

  return {
    result,
    settled: result.catch(() => undefined),
    isSettled: () => isSettled,
    stored: () => {
      left -= 1;
      if (left === 0) settle(resolve);
    },
    fail,
  };
}

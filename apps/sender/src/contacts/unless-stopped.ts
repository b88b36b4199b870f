/** What the work gives, or `instead` when the signal comes first. */
export function unlessStopped<Value>(signal: AbortSignal, work: Promise<Value>, instead: Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      resolve(instead);
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}

/** Wakes one waiting loop. What is set before the wait is not missed. */
export class Signal {
  #isSet = false;
  #wake: (() => void) | undefined;

  readonly set = (): void => {
    this.#isSet = true;
    this.#wake?.();
  };

  /** True when it was set, false when the time was over. */
  async wait(timeoutMs: number): Promise<boolean> {
    if (!this.#isSet) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const wasSet = this.#isSet;
    this.#isSet = false;
    return wasSet;
  }
}

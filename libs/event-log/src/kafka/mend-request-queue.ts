import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

/** Of a request that waits for others, not for the broker: their answers look for it as well. */
const leastMs = 10;

/**
 * kafkajs 2.2.4 looks once a millisecond on every open connection whether a request waits that the broker wanted later, though
 * none does: a thousand wake-ups a second, and a warning in Node 24 (https://github.com/tulios/kafkajs/issues/1556, 1751). Now it
 * looks only while one waits.
 */
RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    Math.max(leastMs, this.throttledUntil - Date.now()),
  );
};

import type { JsonObject } from '../json.js';

/** An answer with something to be done once it has left. */
export class GraphAnswer {
  constructor(
    readonly body: JsonObject,
    readonly afterwards: () => void,
  ) {}
}

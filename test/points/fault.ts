import { z } from 'zod';

/** What a process of the tests is told to do to itself. */
export const faultSchema = z.strictObject({
  /** e.g. `database.commit.after`. */
  point: z.string(),
  /** Counts only where the call is about this: a topic, a word of its SQL, the path of a request. Default: always. */
  about: z.string().optional(),
  /** At which such call. Default 1. */
  nth: z.int().positive().optional(),
  /** `lose`: the other side has done it, but the caller hears an error. `hold`: only this call waits. `stop`: SIGSTOP. */
  deed: z.enum(['kill', 'kill-all', 'stop', 'lose', 'hold']),
});
export type Fault = z.infer<typeof faultSchema>;

export const orderSchema = z.union([z.object({ arm: faultSchema }), z.object({ release: z.string() })]);
export type Order = z.infer<typeof orderSchema>;

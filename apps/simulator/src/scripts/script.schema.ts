import { z } from 'zod';
import { id } from '../customers/customers.schema.js';

const MAX_MS = 600_000;
const CUSTOMERS_MAX = 1_000;
const STEPS_MAX = 200;

const ms = z.number().int().min(0).max(MAX_MS);

/** Everything that is given must fit. */
const wantedSchema = z.strictObject({
  /** The whole text, or that of a button template. */
  text: z.string().optional(),
  contains: z.string().optional(),
  /** A regular expression. */
  matches: z.string().refine(isPattern, 'is not a regular expression').optional(),
  /** Titles that must be offered. */
  quick_reply: z.string().optional(),
  button: z.string().optional(),
  template: z.string().optional(),
  attachment: z.string().optional(),
  sender_action: z.string().optional(),
});

const stepSchema = z.union([
  z.looseObject({ act: z.string() }),
  z.strictObject({ wait_for: wantedSchema, timeout_ms: ms.optional() }),
  z.strictObject({ wait_ms: ms }),
  /** Nothing may arrive for so long. */
  z.strictObject({ expect_nothing_ms: ms }),
]);

export const runScriptSchema = z
  .strictObject({
    page_id: id,
    psids: z.array(id).min(1).max(CUSTOMERS_MAX).optional(),
    /** So many new ones. */
    customers: z.number().int().min(1).max(CUSTOMERS_MAX).optional(),
    steps: z.array(stepSchema).min(1).max(STEPS_MAX),
    timeout_ms: ms.default(10_000),
    /** Between the beginnings of two customers. */
    stagger_ms: ms.default(0),
    /** true: answer when the script is over. */
    wait: z.boolean().default(false),
  })
  .refine((script) => script.psids === undefined || script.customers === undefined, 'takes psids or customers');

export const scriptIdSchema = z.strictObject({ script_id: z.string() });

export type Wanted = z.output<typeof wantedSchema>;
export type Step = z.output<typeof stepSchema>;
export type ScriptOrder = z.output<typeof runScriptSchema>;

function isPattern(source: string): boolean {
  try {
    return new RegExp(source, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

import { z } from 'zod';

export interface Variable {
  /** Reads the text; its message says what the value must be, and never shows it. */
  readonly schema: z.ZodType<unknown, string>;
  /** As documented; where it depends on the process, in words. */
  readonly default: string;
  readonly meaning: string;
  readonly secret?: true;
}

/** `parse` answers null for a text that it cannot read. */
export function parsed<Value>(parse: (text: string) => Value | null, message: string): z.ZodType<Value, string> {
  return z.string().transform((text, context): Value => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

import type { z } from 'zod';
import { invalidRequest, type FieldError } from './invalid-request.js';

type Issue = z.core.$ZodIssue;

/** The value as the schema reads it. Throws `invalid_request` naming every field that is wrong, below `parent` if given. */
export function zodBody<Schema extends z.ZodType>(schema: Schema, value: unknown, parent?: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const path = parent === undefined ? [] : [parent];
  throw invalidRequest(parsed.error.issues.flatMap((issue) => fieldErrors(issue, path)));
}

function fieldErrors(issue: Issue, parent: readonly PropertyKey[]): FieldError[] {
  const path = [...parent, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ field: fieldAt([...path, key]), message: 'is not a known field' }));
  if (issue.code === 'invalid_union') {
    const closest = closestBranch(issue.errors);
    if (closest !== undefined) return closest.flatMap((inner) => fieldErrors(inner, path));
  }
  return [{ field: fieldAt(path), message: issue.message }];
}

/** Of a union's alternatives the one with the fewest complaints is what was most likely meant. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return [...branches].sort((a, b) => a.length - b.length)[0];
}

function fieldAt(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'body' : path.map(String).join('.');
}

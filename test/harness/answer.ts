import { z } from 'zod';

/** What came back, as it was written. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Heard = (text: string) => void;

export interface RawRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const problemSchema = z.object({
  type: z.string().min(1),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.string().min(1),
  message: z.string(),
  request_id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  source_error: z
    .object({
      code: z.int().optional(),
      subcode: z.int().optional(),
      message: z.string().optional(),
      trace: z.string().optional(),
    })
    .optional(),
});

export type Problem = z.infer<typeof problemSchema>;

/** One request; `heard` gets everything that came back. */
export async function ask(url: string, request: RawRequest, heard?: Heard): Promise<Answer> {
  const response = await fetch(url, { ...request, redirect: 'manual' });
  const answer = { status: response.status, headers: response.headers, text: await response.text() };
  heard?.([answer.status, ...[...answer.headers].map((header) => header.join(': ')), answer.text].join('\n'));
  return answer;
}

/** Throws with what was said when the answer is not 200. */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, answer: Answer): z.output<Schema> {
  if (answer.status !== 200) throw new Error(`Expected 200, got ${answer.status}: ${answer.text}`);
  const parsed = schema.safeParse(JSON.parse(answer.text));
  if (parsed.success) return parsed.data;
  throw new Error(`Not the shape that wire.md has: ${z.prettifyError(parsed.error)}\n${answer.text}`);
}

export function expectProblem(answer: Answer, status: number, code: string): Problem {
  if (answer.status !== status) throw new Error(`Expected ${status} ${code}, got ${answer.status}: ${answer.text}`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  const problem = problemSchema.parse(JSON.parse(answer.text));
  expect(problem).toMatchObject({
    status,
    code,
    message: problem.detail,
    request_id: answer.headers.get('x-request-id'),
  });
  return problem;
}

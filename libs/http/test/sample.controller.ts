import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query, Res } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '#libs/errors';
import { EndlessAnswer, RawBody, RequestOrigin, zodBody, type HttpReply, type OriginOfRequest } from '../src/index.js';
import { SampleRequest } from './sample.request.js';

const content = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('text'),
    text: z.string(),
    replies: z.array(z.strictObject({ title: z.string() })).optional(),
  }),
]);

/** Every error that a handler of ours can meet, by name. */
const failures: Readonly<Record<string, () => Error>> = {
  refusal: () =>
    new AppError('graph_refused', 'Facebook refused.', {
      sourceError: { code: 100, subcode: 33, message: 'No', trace: 'T' },
    }),
  wait: () => new AppError('idempotency_in_progress', 'Still running.', { retryAfterSeconds: 1.2 }),
  defect: () => new Error('canary-internal', { cause: new TypeError('canary-cause') }),
  nest: () => new NotFoundException('No such thing.'),
  refusedConnection: () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  shutdown: () => new Error('query failed', { cause: Object.assign(new Error('terminating'), { code: '57P01' }) }),
  tooManyConnections: () => Object.assign(new Error('sorry'), { code: '53300' }),
  lockTimeout: () => Object.assign(new Error('lock'), { code: '55P03' }),
  statementTimeout: () => Object.assign(new Error('statement'), { code: '57014' }),
  uniqueViolation: () => Object.assign(new Error('duplicate'), { code: '23505' }),
};

/** Holds `sample.slow` until it is opened. */
export class Gate {
  entered = false;
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

@Controller()
export class SampleController {
  constructor(private readonly gate: Gate) {}

  @Post('sample.slow')
  @HttpCode(200)
  async slow(): Promise<unknown> {
    this.gate.entered = true;
    await this.gate.opened;
    return { done: true };
  }

  @Post('sample.echo')
  @HttpCode(200)
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Post('sample.validate')
  @HttpCode(200)
  validate(@Body() body: SampleRequest): unknown {
    return { body, isInstance: body instanceof SampleRequest };
  }

  @Post('sample.content')
  @HttpCode(200)
  content(@Body() body: Record<string, unknown>): unknown {
    return zodBody(content, body['content'], 'content');
  }

  @Post('sample.fail')
  @HttpCode(200)
  fail(@Query('how') how: string): never {
    throw failures[how]?.() ?? new Error('no such failure');
  }

  @Post('sample.request-id')
  @HttpCode(200)
  requestId(@RequestOrigin() { requestId: id }: OriginOfRequest): unknown {
    return { id };
  }

  @Post('sample.nothing')
  @HttpCode(204)
  nothing(): void {
    // 204
  }

  @Post('hooks/:source')
  @HttpCode(200)
  @RawBody()
  hook(@Param('source') source: string, @Body() body: Buffer): unknown {
    return { source, isBuffer: Buffer.isBuffer(body), hex: body.subarray(0, 64).toString('hex'), length: body.length };
  }

  @Get('hooks/:source')
  verify(@Query('challenge') challenge: string): string {
    return challenge;
  }

  @Get('stream')
  @EndlessAnswer()
  stream(@Res() reply: HttpReply): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('retry: 2000\n\n');
  }

  @Get('broken-stream')
  @EndlessAnswer()
  brokenStream(@Res() reply: HttpReply): void {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('retry: 2000\n\n');
    throw new Error('broken');
  }
}

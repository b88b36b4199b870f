import 'reflect-metadata';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { IsString } from 'class-validator';
import { z } from 'zod';
import { CallDescription } from '#libs/http';
import { buildDocument } from './build-document.js';

class DoRequest {
  @IsString()
  thing_id!: string;
}

@Controller()
class Things {
  @Post(['things.do', 'things.make'])
  @CallDescription({ name: 'things.do', scope: 'admin', summary: 'Does it', answer: z.strictObject({ id: z.uuid() }) })
  do(@Body() request: DoRequest): DoRequest {
    return request;
  }
}

@Controller('health')
class Health {
  @Get('live')
  live(): void {
    return undefined;
  }
}

@Controller()
class Careless {
  @Post('things.undo')
  @CallDescription({ name: 'things.undo', scope: 'admin', summary: 'Undoes it', answer: null })
  undo(@Body() request: object): object {
    return request;
  }
}

@Module({ imports: [{ module: Things, controllers: [Health] }], controllers: [Things] })
class Whole {}

@Module({ imports: [Whole], controllers: [Careless] })
class WithGap {}

const info = { title: 'Test', version: '1' };
const live = { tag: 'health', summary: 'Lives', answers: { 200: { description: 'It does.' } }, refusals: [] };

describe('buildDocument', () => {
  it('describes what the modules mount, and other names as deprecated', () => {
    const document = buildDocument(Whole, { info, doors: () => ({ 'GET /health/live': live }) });
    const request = { type: 'object', properties: { thing_id: { type: 'string' } }, required: ['thing_id'] };
    const call = {
      summary: 'Does it',
      security: [{ apiKey: ['admin'] }],
      requestBody: { required: true, content: { 'application/json': { schema: request } } },
    };
    expect(document).toMatchObject({
      openapi: '3.1.1',
      paths: {
        '/health/live': { get: { summary: 'Lives', security: [] } },
        '/things.do': { post: { ...call, operationId: 'things.do' } },
        '/things.make': { post: { ...call, deprecated: true, 'x-alias-of': 'things.do' } },
      },
    });
  });

  it('refuses all gaps at once', () => {
    const build = (): unknown => buildDocument(WithGap, { info, doors: () => ({}) });
    expect(build).toThrow('Careless.undo (POST /things.undo): Object says nothing of its fields');
    expect(build).toThrow('Health.live (GET /health/live): is neither a @Call nor among the doors');
  });
});

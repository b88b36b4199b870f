import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import { EndlessAnswer, type HttpReply } from '../src/index.js';
import { boot, until, type Booted } from './boot.js';

@Controller()
class AnsweringController {
  @Get('things/:id')
  thing(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Get('stream')
  @EndlessAnswer()
  stream(@Res() reply: HttpReply): void {
    reply.hijack();
    reply.raw.end('over');
  }
}

@Module({ controllers: [AnsweringController] })
class AnsweringModule {}

describe('what is told of answered requests', () => {
  const told: { route: string; status: number; seconds: number }[] = [];
  let app: Booted;
  beforeAll(async () => {
    app = await boot(AnsweringModule, { answered: (request) => told.push(request) });
  });
  afterAll(() => app.close());

  it('is the pattern of the route, never the path, and nothing of streams', async () => {
    await app.call('/stream');
    await app.call('/things/somebody');
    await app.call('/nowhere/somebody');
    await until(() => told.length === 2);

    expect(told).toEqual([
      { route: '/things/:id', status: 200, seconds: expect.any(Number) },
      { route: 'none', status: 404, seconds: expect.any(Number) },
    ]);
    expect(Math.max(...told.map(({ seconds }) => seconds))).toBeLessThan(2);
    expect(app.records().map(({ route }) => route)).toEqual(['/stream', '/things/:id', 'none']);
  });
});

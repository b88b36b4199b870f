import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { AppError } from '#libs/errors';
import type { HttpReply } from '../http-types.js';
import { readReferenceFile } from './reference-files.js';
import { errorsPage, referencePage } from './reference-pages.js';

const html = 'text/html; charset=utf-8';

/** Everything comes from here: no other host, no script or style within a page, nothing that may frame it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API description and pages to read, without a key. */
@Controller()
export class ReferenceController {
  @Get('openapi.json')
  document(@Res({ passthrough: true }) reply: HttpReply): Promise<Buffer> {
    return sendFile(reply, 'openapi.json');
  }

  @Get('docs')
  @Header('Content-Type', html)
  @Header('Content-Security-Policy', policy)
  page(): string {
    return referencePage;
  }

  /** Where the `type` of every problem leads. */
  @Get('docs/errors')
  @Header('Content-Type', html)
  @Header('Content-Security-Policy', policy)
  errors(): string {
    return errorsPage();
  }

  @Get('docs/:file')
  part(@Param('file') name: string, @Res({ passthrough: true }) reply: HttpReply): Promise<Buffer> {
    return sendFile(reply, name);
  }
}

async function sendFile(reply: HttpReply, name: string): Promise<Buffer> {
  const file = await readReferenceFile(name);
  if (file === null) throw new AppError('not_found', 'The reference has no such file.');
  void reply.headers({
    'content-type': file.type,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  return file.content;
}

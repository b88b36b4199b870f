import type { DynamicModule } from '@nestjs/common';
import { createHttpApplication } from '#libs/http';
import type { Logger } from '#libs/observability';
import { Platform } from './platform.js';

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  readonly logger: Logger;
}

export interface Served {
  readonly url: string;
  readonly platform: Platform;
  /** Takes no more, ends what is under way, then closes everything below. */
  close(): Promise<void>;
}

/** The module on its HTTP door. */
export async function serve(
  module: DynamicModule,
  { host, port, allowedOrigins, logger }: ServeOptions,
): Promise<Served> {
  const application = await createHttpApplication(module, { logger, allowedOrigins });
  try {
    await application.listen(port, host);
  } catch (error) {
    await application.close();
    throw error;
  }
  return {
    url: await application.getUrl(),
    platform: application.get(Platform, { strict: false }),
    close: () => application.close(),
  };
}

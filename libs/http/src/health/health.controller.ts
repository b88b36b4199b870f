import { Controller, Get, Logger, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { HttpReply } from '../http-types.js';
import { askInTime } from './ask-in-time.js';
import { ReadinessRegistry, type ReadinessCheck } from './readiness-registry.js';

@Controller('health')
export class HealthController {
  private readonly logger = new Logger(HealthController.name);

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly registry: ReadinessRegistry,
  ) {}

  /** Depends on nothing: restarting this process heals no database. */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: HttpReply): Promise<unknown> {
    try {
      const { status, details } = await this.health.check(
        this.registry.all().map((check) => () => this.indicate(check)),
      );
      return { status, details };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const { status, details } = error.getResponse() as { status: string; details: unknown };
      void reply.status(503);
      return { status, details };
    }
  }

  private async indicate(check: ReadinessCheck): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(check.name);
    const { ok, reason } = await askInTime(check, (error) => {
      // the answer says so too; whoever is to act hears of it by what probes
      this.logger.warn(error, HealthController.name);
    });
    const detail = { ...(reason !== undefined && { reason }) };
    return ok ? indicator.up(detail) : indicator.down(detail);
  }
}

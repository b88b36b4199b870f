import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { ReadinessRegistry } from './readiness-registry.js';

/** `GET /health/live`, `GET /health/ready`. Import it and inject `ReadinessRegistry` to add a check. */
@Module({
  // terminus would log every unready probe; the answer has the reasons
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [ReadinessRegistry],
  exports: [ReadinessRegistry],
})
export class HealthModule {}

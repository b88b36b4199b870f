export { createHttpApplication, type HttpApplicationOptions } from './create-http-application.js';
export { HealthModule } from './health/health.module.js';
export { ReadinessRegistry, type Readiness, type ReadinessCheck } from './health/readiness-registry.js';
export { EndlessAnswer } from './endless-answer.js';
export type { HttpReply, HttpRequest } from './http-types.js';
export { RawBody } from './body/raw-body.js';
export { RequestId } from './request-id.js';
export { zodBody } from './zod-body.js';

export { awaitDatabase } from './await-database.js';
export { Platform } from './platform.js';
export { PlatformModule, type PlatformOptions } from './platform.module.js';
export { decoratorsOf, type PortDecorators } from './port-decorators.js';
export { configureChannels, readStandaloneConfig } from './read-settings.js';
export { runProcess, type RunningProcess } from './run-process.js';
export { serve, type MetricsOptions, type Served } from './serve.js';
export { startRole } from './start-role.js';
export { traceOf } from './trace-of.js';

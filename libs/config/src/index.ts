export { readEnvironment, type Environment } from './read-env.js';
export {
  readProcessConfig,
  type AppName,
  type ConfigResult,
  type KafkaConfig,
  type ProcessConfig,
  type StandaloneConfig,
} from './process.config.js';
export type { TracingConfig } from './tracing.config.js';

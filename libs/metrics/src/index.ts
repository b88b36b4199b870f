export { openMetricsDoor, type MetricsDoor } from './metrics-door.js';
export { createMetricsPage } from './metrics-page.js';
export { noMetrics, type Metrics } from './metrics.js';
export { openMetrics, type OpenMetrics } from './open-metrics.js';

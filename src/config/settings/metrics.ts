import { int, list, long, type Settings, string } from '../setting.ts'
import { atLeast, listOf } from '../values/validators.ts'

/** What is measured and told. */
export const metricsSettings = {
  'telemetry.max.bytes': int({
    default: 1_048_576,
    validator: atLeast(1),
    importance: 'low',
    does: 'The most bytes of metrics that a client may push at a time.',
  }),
  'metric.reporters': list({
    default: ['org.apache.kafka.common.metrics.JmxReporter'],
    validator: listOf({ empty: true }),
    importance: 'low',
    update: 'cluster-wide',
  }),
  'kafka.metrics.reporters': list({ default: [], validator: listOf({ empty: true }), importance: 'low' }),
  'kafka.metrics.polling.interval.secs': int({ default: 10, validator: atLeast(1), importance: 'low' }),
  'metrics.num.samples': int({ default: 2, validator: atLeast(1), importance: 'low' }),
  'metrics.recording.level': string({ default: 'INFO', importance: 'low' }),
  'metrics.sample.window.ms': long({ default: 30_000, validator: atLeast(1), importance: 'low' }),
} satisfies Settings

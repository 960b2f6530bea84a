import { int, list, type Settings } from './setting.ts'
import { atLeast } from './validators.ts'

/** Settings of one subscription to clients' metrics (KIP-714). Clients are not asked for metrics. */
export const clientMetricsSettings = {
  metrics: list({ default: [] }),
  'interval.ms': int({ default: 300_000, validator: atLeast(100) }),
  match: list({ default: [] }),
} satisfies Settings

import { int, list, type Settings } from './setting.ts'
import { listOf } from './values/validators.ts'

/** Settings of one subscription to clients' metrics (KIP-714); `client-metrics-rules.ts` bounds them. Clients are not asked for metrics. */
export const clientMetricsSettings = {
  metrics: list({ default: [], validator: listOf({ empty: true }) }),
  'interval.ms': int({ default: 300_000 }),
  match: list({ default: [], validator: listOf({ empty: true }) }),
} satisfies Settings

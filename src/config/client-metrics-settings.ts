import { int, list, type Settings } from './setting.ts'
import { listOf } from './values/validators.ts'

/** Settings of one subscription to clients' metrics (KIP-714); `client-metrics-rules.ts` bounds them. */
export const clientMetricsSettings = {
  metrics: list({ default: [], validator: listOf({ empty: true }), does: 'Beginnings of the names of the metrics that clients push; `*` for all of them.' }),
  'interval.ms': int({ default: 300_000, does: 'Milliseconds between two pushes of a client.' }),
  match: list({
    default: [],
    validator: listOf({ empty: true }),
    does: 'Which clients push: `what=expression`, where the expression is to match all of `client_id`, `client_instance_id`, `client_software_name`, `client_software_version`, `client_source_address` or `client_source_port`. All must match; without any, every client does.',
  }),
} satisfies Settings

import { stringify } from 'yaml'
import type { Alert } from './alert.ts'

const GROUP = 'message_queue'
const NEVER_FOLDED = 0

/** A rule file of Prometheus. */
export function alertRules(alerts: readonly Alert[]): string {
  const rules = alerts.map(({ name, expr, forSeconds, severity, summary, description, runbook }) => ({
    alert: name,
    expr,
    ...(forSeconds === 0 ? {} : { for: duration(forSeconds) }),
    labels: { severity },
    annotations: { summary, description, runbook },
  }))
  return stringify({ groups: [{ name: GROUP, rules }] }, { lineWidth: NEVER_FOLDED })
}

/** In whole units, the largest that fits: `5m`, `90s`. */
function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}

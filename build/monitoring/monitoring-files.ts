import { alertRules } from './alerts/alert-rules.ts'
import { alerts } from './alerts/alerts.ts'
import { brokerOverview } from './dashboards/broker-overview.ts'
import { clusterHealth } from './dashboards/cluster-health.ts'
import { consumerLag } from './dashboards/consumer-lag.ts'
import type { Dashboard } from './dashboards/dashboard.ts'
import { grafanaDashboard } from './dashboards/grafana.ts'
import { producerPerformance } from './dashboards/producer-performance.ts'

export const dashboards: readonly Dashboard[] = [brokerOverview, producerPerformance, consumerLag, clusterHealth]

const WRITTEN_BY = '# Written by `npm run dashboards` from build/monitoring/alerts/alerts.ts.\n'

/** What `npm run dashboards` writes: texts by their paths in the repository. */
export function monitoringFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['docker/prometheus/alerts.yml', WRITTEN_BY + alertRules(alerts)],
    ...dashboards.map((dashboard): [string, string] => [pathOf(dashboard), `${JSON.stringify(grafanaDashboard(dashboard), null, 2)}\n`]),
  ])
}

function pathOf({ title }: Dashboard): string {
  return `docker/grafana/dashboards/${title.toLowerCase().replaceAll(' ', '-')}.json`
}

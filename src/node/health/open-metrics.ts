import { NetworkError } from '../../base/errors.ts'
import type { HttpServer, StartHttpServer } from '../../base/http.ts'
import type { Endpoint } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import { PROFILE_ORIGIN } from '../../config/profiles.ts'
import type { Server } from '../../server/server.ts'
import { MetricRegistry } from '../../telemetry/metric-registry.ts'
import { TablePreparer } from '../../telemetry/table-preparer.ts'
import { noTraffic, type Traffic } from '../../telemetry/traffic.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import { listenerTables } from '../metrics/listener-metrics.ts'
import { nodeTable } from '../metrics/node-metrics.ts'
import { requestTables } from '../metrics/request-metrics.ts'
import type { MetricsPlatform, NodeOptions } from '../node-options.ts'
import { Health } from './health.ts'
import { healthEndpoints } from './health-endpoints.ts'
import { metricsEndpoint } from './metrics-endpoint.ts'

export interface OpenMetricsOptions {
  readonly node: NodeOptions
  readonly server: Pick<Server<never>, 'connectionCount' | 'requestBytes' | 'replyBytes' | 'requests' | 'listeners'>
  readonly failure: NodeFailure
  readonly teardown: Teardown
}

export interface OpenMetrics {
  readonly health: Health
  /** The node's parts add theirs as they come to be. */
  readonly metrics: MetricRegistry
  /** To be counted by what clients read and write. */
  readonly traffic: Traffic
  /** Where they are served; null where they are not. */
  readonly at: Endpoint | null
}

/**
 * Metrics and health, and `metrics.port`, which is open until the node has stopped, so that a long start can be watched.
 * A port that nobody chose is given up with a warning where it is taken: a second node on this machine should start.
 *
 * Errors: `NetworkError` for a port that somebody chose and that cannot be opened; it names the setting.
 */
export async function openMetrics({ node, server, failure, teardown }: OpenMetricsOptions): Promise<OpenMetrics> {
  const { config, ports } = node
  const health = new Health(failure)
  const traffic = noTraffic()
  const metrics = new MetricRegistry()
  metrics.add(nodeTable({ clock: ports.clock, traffic, server, config, healthState: () => health.state }))
  for (const table of listenerTables(() => server.listeners)) metrics.add(table)
  for (const table of requestTables(server.requests, ports.clock)) metrics.add(table)
  const preparer = new TablePreparer(ports.timers, node.logger)
  metrics.add(preparer.table())
  const http = await serve(node, ({ expose }) =>
    healthEndpoints(
      health,
      expose(() => preparer.ready(metrics.tables)),
    ),
  )
  if (http !== null) teardown.add('the metrics port', () => http[Symbol.asyncDispose]())
  return { health, metrics, traffic, at: http?.local ?? null }
}

type Handle = Parameters<StartHttpServer>[0]['handle']

async function serve({ config, identity, logger, metricsPlatform }: NodeOptions, handlerBy: (platform: MetricsPlatform) => Handle): Promise<HttpServer | null> {
  const at = metricsEndpoint({ config, identity })
  if (metricsPlatform === undefined || at === null) return null
  const onError = (error: unknown) => logger.error('a request on metrics.port failed', { error })
  try {
    return await metricsPlatform.startHttpServer({ ...at, handle: handlerBy(metricsPlatform), onError })
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    if (isChosen(config)) throw namingTheSetting(error)
    logger.warn('metrics are not served, as their default port cannot be had: set metrics.port to another, or to 0 for none', { why: error.message })
    return null
  }
}

/** By somebody, and not by a profile. */
function isChosen(config: NodeConfig): boolean {
  const given = config.given('metrics.port')
  return given !== undefined && given.origin !== PROFILE_ORIGIN
}

function namingTheSetting({ reason, endpoint, message, cause }: NetworkError): NetworkError {
  return new NetworkError(reason, endpoint, `metrics.port: ${message}. With metrics.port=0 the node goes without.`, cause)
}

import { freePorts } from '../../test/support/free-ports.ts'
import { type Cluster, startCluster } from '../support/cluster/cluster.ts'
import { type OdradekOptions, type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import type { Settings } from '../support/properties-file.ts'
import { PrometheusServer } from './prometheus-server.ts'

/** A node and a Prometheus that reads it. */
export interface WatchedNode extends AsyncDisposable {
  readonly node: OdradekProcess
  readonly prometheus: PrometheusServer
}

export async function watchNode({ settings = {}, ...options }: OdradekOptions = {}): Promise<WatchedNode> {
  await using starting = new AsyncDisposableStack()
  const [metricsPort = 0] = await freePorts(1)
  const node = starting.use(await startOdradek({ ...options, settings: { ...settings, 'metrics.port': metricsPort } }))
  const prometheus = starting.use(await PrometheusServer.start([`127.0.0.1:${metricsPort}`]))
  await prometheus.untilData('messages_in_total')
  const owned = starting.move()
  return { node, prometheus, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** A cluster of three nodes in both roles and a Prometheus that reads all. */
export interface WatchedCluster extends AsyncDisposable {
  readonly cluster: Cluster
  readonly prometheus: PrometheusServer
  /** As Prometheus names a node. */
  instance(id: number): string
}

const NODE_IDS = [1, 2, 3]

/** @param settings of every node */
export async function watchCluster(settings: Settings = {}): Promise<WatchedCluster> {
  await using starting = new AsyncDisposableStack()
  const metricsPorts = await freePorts(NODE_IDS.length)
  const instances = metricsPorts.map((port) => `127.0.0.1:${port}`)
  const nodes = NODE_IDS.map((id, index) => ({
    id,
    kind: 'odradek' as const,
    roles: 'broker,controller' as const,
    settings: { 'metrics.port': metricsPorts[index] as number },
  }))
  const cluster = starting.use(await startCluster({ nodes, settings }))
  const prometheus = starting.use(await PrometheusServer.start(instances))
  await prometheus.untilData(`count(messages_in_total) == ${NODE_IDS.length}`)
  const owned = starting.move()
  return { cluster, prometheus, instance: (id) => instances[id - 1] as string, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

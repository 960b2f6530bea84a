import type { Registry } from 'prom-client'
import type { Expose, Metric } from '../../telemetry/metrics.ts'

type PromClient = typeof import('prom-client')

/** A delay of the event loop is measured against a timer of this interval: often enough to see pauses that clients notice. */
const EVENT_LOOP_INTERVAL_MS = 20

/** Metrics of the process are the same for all nodes in it, and measuring them costs a little: they begin with the first who asks. */
let processRegistry: Registry | null = null

/**
 * Metrics in the text format of Prometheus, with those of Node.js and the process. The package is loaded, and the process
 * measured, from the first request on: a node that nobody watches pays nothing.
 */
export const exposePrometheus: Expose = (metrics) => {
  let merged: Promise<Registry> | null = null
  return async () => {
    merged ??= mergedRegistry(metrics).catch((error) => {
      // Loading may fail for a moment, as without descriptors: the next reading tries again.
      merged = null
      throw error
    })
    const registry = await merged
    return { contentType: registry.contentType, text: await registry.metrics() }
  }
}

async function mergedRegistry(metrics: readonly Metric[]): Promise<Registry> {
  const client = await loadClient()
  const own = new client.Registry()
  for (const metric of metrics) register(client, own, metric)
  return client.Registry.merge([own, registryOfProcess(client)])
}

async function loadClient(): Promise<PromClient> {
  const { default: client } = await import('prom-client')
  return client
}

function registryOfProcess(client: PromClient): Registry {
  if (processRegistry === null) {
    processRegistry = new client.Registry()
    client.collectDefaultMetrics({ register: processRegistry, eventLoopMonitoringPrecision: EVENT_LOOP_INTERVAL_MS })
  }
  return processRegistry
}

function register(client: PromClient, registry: Registry, { name, help, type, read }: Metric): void {
  const options = { name, help, registers: [registry] }
  switch (type) {
    case 'counter':
      new client.Counter({
        ...options,
        collect() {
          this.reset()
          this.inc(read())
        },
      })
      return
    case 'gauge':
      new client.Gauge({
        ...options,
        collect() {
          this.set(read())
        },
      })
  }
}

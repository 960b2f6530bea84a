import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import type { AnyMetricTable, Expose } from '../../telemetry/metrics.ts'
import { writeMetrics } from '../../telemetry/write-metrics.ts'
import { processTable } from './process-metrics.ts'

type PromClient = typeof import('prom-client')

/** A delay of the event loop is measured against a timer of this interval: often enough to see pauses that clients notice. */
const EVENT_LOOP_INTERVAL_MS = 20
/** What is sent at once, in characters, where there is so much. Other work runs between two pieces. */
const PIECE_CHARACTERS = 32 * 1024

/** Metrics of the process are the same for all nodes in it, and measuring them costs a little: they begin with the first who asks. */
let processRegistry: Registry | null = null

/**
 * Metrics in the text format of Prometheus, with those of Node.js and the process. The package that measures these is loaded, and the
 * process measured, from the first request on: a node that nobody watches pays nothing.
 */
export const exposePrometheus: Expose = (tables) => async () => {
  const registry = registryOfProcess(await loadClient())
  const [ready] = await Promise.all([tables(), processTable.prepare?.()])
  const all = [...ready, processTable]
  return { contentType: registry.contentType, text: pieces(all, registry) }
}

async function* pieces(tables: readonly AnyMetricTable[], registry: Registry): AsyncGenerator<string, void, void> {
  let piece = ''
  for (const slice of writeMetrics(tables)) {
    piece += slice
    if (slice !== '' && piece.length < PIECE_CHARACTERS) continue
    yield piece
    piece = ''
    await othersTurn()
  }
  yield piece + (await registry.metrics())
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

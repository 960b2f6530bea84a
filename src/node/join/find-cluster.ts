import { NetworkError, OdradekError } from '../../base/errors.ts'
import type { Clock, Endpoint, Network, Timers } from '../../base/ports.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { describeCluster, type ToldCluster } from './told-cluster.ts'

export interface FindClusterOptions {
  /** Of nodes of the cluster: any that answers is enough. */
  readonly endpoints: readonly Endpoint[]
  /** Milliseconds for a cluster that is just being started; 0 to ask each node once. */
  readonly waitMs: number
  readonly network: Network
  readonly timers: Timers
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Logger
}

const BETWEEN_ATTEMPTS_MS = 250
const ANSWER_WITHIN_MS = 3_000

/**
 * Asks the nodes in turn until one tells of its cluster.
 * Errors: JOIN_FAILED, with what was found at the last address and what to do.
 */
export async function findCluster(options: FindClusterOptions): Promise<ToldCluster> {
  const { clock, timers, logger, waitMs } = options
  const deadlineMs = clock.monotonicMs() + waitMs
  let isFirst = true
  for (;;) {
    const { told, failures } = await askEach(options)
    if (told !== null) return told
    const final = failures.find(({ error }) => !isPassing(error)) ?? (clock.monotonicMs() >= deadlineMs ? failures.at(-1) : undefined)
    if (final !== undefined) throw failed(final, waitMs)
    if (isFirst) logger.info('waiting for the cluster to answer', { join: options.endpoints.map(({ host, port }) => formatHostPort(host, port)) })
    isFirst = false
    await timers.sleep(BETWEEN_ATTEMPTS_MS)
  }
}

interface Failure {
  readonly endpoint: Endpoint
  readonly error: OdradekError
}

async function askEach({
  endpoints,
  network,
  timers,
}: FindClusterOptions): Promise<{ readonly told: ToldCluster | null; readonly failures: readonly Failure[] }> {
  const failures: Failure[] = []
  for (const endpoint of endpoints) {
    try {
      return { told: await describeCluster(endpoint, { network, timers, clientId: 'odradek-join', timeoutMs: ANSWER_WITHIN_MS }), failures }
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      failures.push({ endpoint, error })
    }
  }
  return { told: null, failures }
}

/** Whether the next attempt may find it otherwise: nobody listens yet (of a container not even the name is there), or the cluster has no active controller. */
function isPassing(error: OdradekError): boolean {
  return error instanceof NetworkError || error.code === 'CLUSTER_UNSETTLED'
}

function failed({ endpoint, error }: Failure, waitMs: number): OdradekError {
  const where = formatHostPort(endpoint.host, endpoint.port)
  const message = `${sentenceOf(where, error, waitMs)} (${error.message})`
  return new OdradekError('JOIN_FAILED', message, { cause: error, fields: { ...endpoint } })
}

function sentenceOf(where: string, error: OdradekError, waitMs: number): string {
  const waited = waitMs === 0 ? '' : ` within ${waitMs / 1000} s`
  if (error instanceof NetworkError) return `${where} did not answer${waited}: start that node first, or let --join name one that runs.`
  if (error.code === 'CLUSTER_UNSETTLED')
    return `The cluster at ${where} did not say${waited} who its controllers are: most of them must run for a node to join.`
  return `What answers at ${where} is no Kafka node: let --join name the address of a node for clients.`
}

import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { Clock, Endpoint } from '../../base/ports.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import type { Logger } from '../../telemetry/logger.ts'

export interface PeerReportsOptions {
  readonly sender: { readonly clusterId: string }
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Logger
}

/** Nodes that start together are not there at once: what ends within this time is not told. */
const PATIENCE_MS = 5000

/** Why a node does not answer, by where it is: told once, and again when that has changed. */
export class PeerReports {
  readonly #options: PeerReportsOptions
  /** By node: since when it fails. As many as nodes are asked. */
  readonly #failing = new Map<number, { readonly sinceMs: number; isTold: boolean }>()
  readonly #refusals = new Map<number, number>()

  constructor(options: PeerReportsOptions) {
    this.#options = options
  }

  answered(id: number, at: Endpoint): void {
    const failing = this.#failing.get(id)
    this.#failing.delete(id)
    this.#refusals.delete(id)
    if (failing?.isTold === true) this.#options.logger.info('a node of the metadata quorum answers again', fieldsOf(id, at))
  }

  failed(id: number, at: Endpoint, error: Error): void {
    const { clock, logger } = this.#options
    const nowMs = clock.monotonicMs()
    const failing = this.#failing.get(id) ?? { sinceMs: nowMs, isTold: false }
    this.#failing.set(id, failing)
    if (failing.isTold || nowMs - failing.sinceMs < PATIENCE_MS) return
    failing.isTold = true
    // What a network says of a lost connection stands in its message; where in this program it was found helps nobody.
    logger.warn('a node of the metadata quorum cannot be reached', { ...fieldsOf(id, at), reason: error.message })
  }

  /** It answered that it has nothing to do with this node. */
  refused(id: number, at: Endpoint, errorCode: number): void {
    if (this.#refusals.get(id) === errorCode) return
    this.#refusals.set(id, errorCode)
    const { sender, logger } = this.#options
    if (errorCode === ErrorCode.INCONSISTENT_CLUSTER_ID) {
      logger.error('a controller that is configured belongs to another cluster: correct its address, or format this node with the id of that cluster', {
        ...fieldsOf(id, at),
        clusterId: sender.clusterId,
      })
      return
    }
    logger.warn('a node of the metadata quorum refuses the requests of this one', { ...fieldsOf(id, at), error: errorName(errorCode) })
  }
}

/** Configured servers have no ids. */
function fieldsOf(id: number, { host, port }: Endpoint) {
  return { ...(id < 0 ? {} : { node: id }), address: formatHostPort(host, port) }
}

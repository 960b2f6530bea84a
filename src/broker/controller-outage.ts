import type { OdradekError } from '../base/errors.ts'
import type { Clock } from '../base/ports.ts'
import { formatHostPort } from '../config/values/host-port.ts'
import type { QuorumLeader } from '../raft/quorum-description.ts'
import type { Logger } from '../telemetry/logger.ts'

export interface ControllerOutageOptions {
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly logger: Logger
}

/** An election takes no longer, as a rule, and is nobody's business. */
const GRACE_MS = 5_000
const REPEAT_MS = 60_000

const ADVICE =
  'check that a majority of the controllers runs, that controller.quorum.bootstrap.servers or controller.quorum.voters name them, and that this machine reaches their ports'

/** Says in the log that no controller answers, of all calls of a node: not for an election, and now and then while it lasts. */
export class ControllerOutage {
  readonly #options: ControllerOutageOptions
  /** Since the last answer; null while the controller answers. */
  #sinceMs: number | null = null
  #nextLineMs = 0
  #isTold = false

  constructor(options: ControllerOutageOptions) {
    this.#options = options
  }

  failed(leader: QuorumLeader | null, error: OdradekError): void {
    const nowMs = this.#options.clock.monotonicMs()
    if (this.#sinceMs === null) {
      this.#sinceMs = nowMs
      this.#nextLineMs = nowMs + GRACE_MS
    }
    if (nowMs < this.#nextLineMs) return
    this.#nextLineMs = nowMs + REPEAT_MS
    this.#isTold = true
    const at = leader?.endpoint ?? null
    this.#options.logger.warn('no active controller answers: this node goes on with what it knows, and changes of the cluster wait', {
      forSeconds: Math.round((nowMs - this.#sinceMs) / 1000),
      controller: leader === null ? 'none is known' : leader.id,
      address: at === null ? 'not known' : formatHostPort(at.host, at.port),
      reason: error.message,
      advice: ADVICE,
    })
  }

  answered(): void {
    if (this.#isTold) this.#options.logger.info('the active controller answers again', {})
    this.#sinceMs = null
    this.#isTold = false
  }
}

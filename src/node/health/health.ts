import type { NodeFailure } from '../lifetime/node-failure.ts'

/** failed: an essential part of the node is broken, and the node is stopping or has. */
export type HealthState = 'starting' | 'ready' | 'stopping' | 'failed'

/** How far a node has come, for who watches it from outside. */
export class Health {
  readonly #failure: NodeFailure
  #state: 'starting' | 'ready' | 'stopping' = 'starting'

  constructor(failure: NodeFailure) {
    this.#failure = failure
  }

  get state(): HealthState {
    return this.#failure.error === null ? this.#state : 'failed'
  }

  /** Requests are served in full from now on. */
  becameReady(): void {
    this.#state = 'ready'
  }

  /** New requests are not served any more. */
  becameStopping(): void {
    this.#state = 'stopping'
  }
}

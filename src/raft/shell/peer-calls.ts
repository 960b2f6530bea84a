import type { RaftEvent } from '../core/effects.ts'
import type { PeerRequest } from '../core/messages.ts'
import type { PeerOutcome, RaftPeers } from './raft-peers.ts'

export interface PeerCallsOptions {
  readonly peers: Pick<RaftPeers, 'ask'>
  /** A mistake of our own: nodes that cannot be reached are an outcome. */
  readonly onFailure: (error: unknown) => void
  readonly onOutcome: (event: Extract<RaftEvent, { type: 'answer' | 'unanswered' }>) => void
}

/** What was sent and is not answered: the core asks each node one thing at a time. */
export class PeerCalls {
  readonly #options: PeerCallsOptions
  readonly #open = new Set<Promise<void>>()

  constructor(options: PeerCallsOptions) {
    this.#options = options
  }

  send(to: number, id: number, request: PeerRequest): void {
    const call = this.#ask(to, id, request)
    this.#open.add(call)
    void call.then(() => this.#open.delete(call))
  }

  /** Waits no longer for what was sent so far. */
  forget(): void {
    this.#open.clear()
  }

  /** Resolves when all that was sent is answered, or is given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#open)
  }

  async #ask(to: number, id: number, request: PeerRequest): Promise<void> {
    const { peers, onOutcome, onFailure } = this.#options
    try {
      onOutcome(eventOf(to, id, await peers.ask(to, request)))
    } catch (error) {
      onFailure(error)
    }
  }
}

function eventOf(from: number, id: number, outcome: PeerOutcome): Extract<RaftEvent, { type: 'answer' | 'unanswered' }> {
  if (outcome.kind === 'answer') return { type: 'answer', from, id, answer: outcome.answer }
  const { unsupported, isGone } = outcome
  return { type: 'unanswered', from, id, unsupported, isGone }
}

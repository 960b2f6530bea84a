import type { RaftEvent } from '../core/effects.ts'
import type { RaftRequest } from '../core/messages.ts'
import type { Voter } from '../voter-set.ts'
import type { PeerOutcome, RaftPeers } from './raft-peers.ts'

/** What the core is told of what it asked. */
export type PeerOutcomeEvent = Extract<RaftEvent, { type: 'answer' | 'unanswered' | 'versions' }>

export interface PeerCallsOptions {
  readonly peers: Pick<RaftPeers, 'ask' | 'askVersions'>
  /** A mistake of our own: nodes that cannot be reached are an outcome. */
  readonly onFailure: (error: unknown) => void
  readonly onOutcome: (event: PeerOutcomeEvent) => void
}

/** What was sent and is not answered: the core asks each node one thing at a time. */
export class PeerCalls {
  readonly #options: PeerCallsOptions
  readonly #open = new Set<Promise<void>>()

  constructor(options: PeerCallsOptions) {
    this.#options = options
  }

  send(to: number, id: number, request: RaftRequest): void {
    this.#keep(async () => eventOf(to, id, await this.#options.peers.ask(to, request)))
  }

  /** Of the request `id`, that wants this voter added. */
  askVersions(id: number, voter: Voter): void {
    this.#keep(async () => ({ type: 'versions', id, ...(await this.#options.peers.askVersions(voter)) }))
  }

  /** Waits no longer for what was sent so far. */
  forget(): void {
    this.#open.clear()
  }

  /** Resolves when all that was sent is answered, or is given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#open)
  }

  #keep(ask: () => Promise<PeerOutcomeEvent>): void {
    const call = this.#hear(ask)
    this.#open.add(call)
    void call.then(() => this.#open.delete(call))
  }

  async #hear(ask: () => Promise<PeerOutcomeEvent>): Promise<void> {
    const { onOutcome, onFailure } = this.#options
    try {
      onOutcome(await ask())
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

import { ErrorCode } from '../../../protocol/error-codes.ts'
import { DescribeClusterApi, type DescribeClusterResponse } from '../../../protocol/messages/describe-cluster.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock, Network, Timers } from '../../base/ports.ts'
import { KafkaClient } from '../../client/kafka-client.ts'
import type { FetchAnswer } from '../../raft/core/messages.ts'
import type { ReplicaKey } from '../../raft/core/replica-key.ts'
import type { RaftPeers } from '../../raft/shell/raft-peers.ts'
import type { Logger } from '../../telemetry/logger.ts'

/**
 * A voter of a static quorum whose directory is blank either starts for the first time, or has lost what it knew: for whom it
 * voted, and records that it said were safe with it. Nothing in a static quorum tells the two apart, as directories are not
 * part of who votes; but controllers that were there are registered. So a blank voter asks the others before it takes part:
 *
 * - a majority, with itself, of voters that are in no epoch yet: this is how the quorum begins
 * - a leader that has no registration of this node: it comes late
 * - a leader that has one, or this node itself, which the others still follow: refused
 * - no leader of a quorum that has begun: it waits, since its vote might elect who lacks what was committed
 *
 * Source: KIP-595 (what a voter promises), KIP-853 (why dynamic quorums name directories), KIP-919 (registrations).
 */
export interface FirstStartOptions {
  readonly self: ReplicaKey
  /** Of all voters, this one included. */
  readonly voterIds: readonly number[]
  readonly peers: Pick<RaftPeers, 'ask' | 'endpointOf'>
  readonly network: Network
  readonly timers: Timers
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
  readonly logger: Logger
  /** Aborted when the node stops: then this rejects with its reason. */
  readonly signal: AbortSignal
}

type Word = { readonly says: 'nothing' } | { readonly says: 'blank' } | { readonly says: 'begun'; readonly leaderId: number | null }

const CONTROLLERS = 2
/** After so long it is said what is waited for. */
const PATIENCE_MS = 5000

/** Resolves when this node may take part. Errors: METADATA_QUORUM when it did before, and has lost what it knew. */
export async function awaitFirstStart(options: FirstStartOptions): Promise<void> {
  const { timers, retryBackoffMs, logger, signal } = options
  const registrations = new Registrations(options)
  const impatient = timers.schedule(PATIENCE_MS, () => {
    logger.warn('this voter has an empty directory, and waits for the others to say whether it took part before: without a leader nobody knows', ADVICE)
  })
  try {
    while (!(await mayTakePart(options, registrations))) await timers.sleep(retryBackoffMs, signal)
  } finally {
    impatient.cancel()
  }
}

const ADVICE = { advice: 'start the other controllers; if their data are lost, too, start this node with --replace-voter, which may lose what was committed' }

/** Does not wait for who is silent where the others have said enough. */
function mayTakePart(options: FirstStartOptions, registrations: Registrations): Promise<boolean> {
  const { self, voterIds } = options
  const others = voterIds.filter((id) => id !== self.id)
  const words: Word[] = []
  let isDecided = false
  return new Promise((resolve, reject) => {
    const hear = (word: Word) => {
      words.push(word)
      const { leaderId, begins } = judge(words, voterIds.length)
      if (isDecided || (leaderId === null && !begins && words.length < others.length)) return
      isDecided = true
      resolve(leaderId === null ? begins : registrations.isNewTo(leaderId))
    }
    for (const id of others) ask(id, options).then(hear).catch(reject)
  })
}

function judge(words: readonly Word[], voterCount: number): { readonly leaderId: number | null; readonly begins: boolean } {
  const leaderId = words.flatMap((word) => (word.says === 'begun' && word.leaderId !== null ? [word.leaderId] : []))[0] ?? null
  const hasBegun = words.some(({ says }) => says === 'begun')
  const blank = words.filter(({ says }) => says === 'blank').length + 1
  return { leaderId, begins: !hasBegun && blank > voterCount / 2 }
}

/**
 * Any answer tells the epoch, that of a node which does not lead as well. Who leads is believed of the leader itself, since others may
 * follow one that was; and of whoever follows this node, which led then.
 */
async function ask(id: number, { self, peers }: FirstStartOptions): Promise<Word> {
  const outcome = await peers.ask(id, { type: 'fetch', replica: self, epoch: 0, offset: 0, lastFetchedEpoch: 0, highWatermark: null, maxWaitMs: 0 })
  if (outcome.kind !== 'answer') return { says: 'nothing' }
  const { epoch, leaderId } = outcome.answer as FetchAnswer
  if (epoch <= 0) return { says: 'blank' }
  return { says: 'begun', leaderId: leaderId === id || leaderId === self.id ? leaderId : null }
}

/** What leaders know of controllers that were there. */
class Registrations {
  readonly #options: FirstStartOptions
  /** Since when the same leader says that controllers do not register, at its level of metadata; null when none does. */
  #unregistered: { readonly leaderId: number; readonly sinceMs: number } | null = null

  constructor(options: FirstStartOptions) {
    this.#options = options
  }

  /** False when the leader cannot say yet: one that has just begun may not have read what it leads. */
  async isNewTo(leaderId: number): Promise<boolean> {
    const { self, peers, network, timers, requestTimeoutMs: timeoutMs, logger } = this.#options
    if (leaderId === self.id) throw lostItsData(self.id)
    const endpoint = peers.endpointOf(leaderId)
    if (endpoint === null) return false
    try {
      await using client = await KafkaClient.open(endpoint, { network, timers, clientId: `raft-client-${self.id}`, timeoutMs })
      return this.#judge(leaderId, await client.send(DescribeClusterApi, { includeClusterAuthorizedOperations: false, endpointType: CONTROLLERS }))
    } catch (error) {
      if (!(error instanceof OdradekError) || error.code === 'METADATA_QUORUM') throw error
      logger.debug('the leader of the quorum does not say who is registered', { leaderId, error })
      return false
    }
  }

  #judge(leaderId: number, { errorCode, brokers }: DescribeClusterResponse): boolean {
    const { self, clock } = this.#options
    if (errorCode === ErrorCode.UNSUPPORTED_VERSION) {
      if (this.#unregistered?.leaderId !== leaderId) this.#unregistered = { leaderId, sinceMs: clock.monotonicMs() }
      return clock.monotonicMs() - this.#unregistered.sinceMs >= PATIENCE_MS
    }
    this.#unregistered = null
    if (brokers.some(({ brokerId }) => brokerId === self.id)) throw lostItsData(self.id)
    return errorCode === ErrorCode.NONE && brokers.some(({ brokerId }) => brokerId === leaderId)
  }
}

function lostItsData(nodeId: number): OdradekError {
  const message =
    `controller ${nodeId} took part in this quorum before, and its metadata directory is empty. As a voter of controller.quorum.voters it may have ` +
    'voted for a leader, and have confirmed records, that it does not know of now: restore the directory, or start with --replace-voter, which accepts ' +
    'that two leaders of one epoch are elected or committed records are lost if another voter is behind. Wait until all other controllers are up to date before.'
  return new OdradekError('METADATA_QUORUM', message, { fields: { nodeId } })
}

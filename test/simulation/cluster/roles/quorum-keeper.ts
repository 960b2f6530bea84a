import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { AddRaftVoterApi } from '../../../../protocol/messages/add-raft-voter.ts'
import { RemoveRaftVoterApi } from '../../../../protocol/messages/remove-raft-voter.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { VoterEndpoint } from '../../../../src/raft/voter-set.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import type { End, Role } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { Circumstances } from '../circumstances.ts'
import type { ClusterClient } from '../client/cluster-client.ts'
import { type DescribedQuorum, describedQuorum, expectNoQuorum } from './described-quorum.ts'

const ADD_VOTER_VERSION = 1
const REMOVE_VOTER_VERSION = 0
const TIMEOUT_MS = 5000
/** Of a vote that is taken: one stays that commits, and another. */
const LEAST_VOTERS = 2

/** A controller as whoever runs it knows it. */
export interface KeptController {
  readonly id: number
  readonly endpoint: VoterEndpoint
  /** Of its directory as it is now; null while it has none. */
  directoryId(): Uuid | null
}

/** Asked before a vote is taken; see `Damage`. */
export interface VoterGuard {
  mayRemoveVoter(): boolean
  removed(): void
}

export interface QuorumKeeperOptions {
  readonly client: ClusterClient
  readonly random: SeededRandom
  readonly controllers: readonly KeptController[]
  readonly joinsByItself: boolean
  readonly guard: VoterGuard
  readonly circumstances: Circumstances
}

type Replica = DescribedQuorum['currentVoters'][number]

/**
 * Looks after a dynamic quorum: takes the vote of one controller or another while things go wrong, the leader's too, and where
 * controllers do not join by themselves gives votes to those that have none, and takes them from directories that are lost.
 * In the end all controllers vote.
 */
export class QuorumKeeper implements Role {
  readonly #options: QuorumKeeperOptions
  #wholeCount = 0

  constructor(options: QuorumKeeperOptions) {
    this.#options = options
  }

  /** How often it found that all controllers vote, each as it is. */
  get progress(): number {
    return this.#wholeCount
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#keep(end)]
  }

  async #keep(end: End): Promise<void> {
    const { client, random } = this.#options
    while (!end.isStopping) {
      await client.timers.sleep(random.between(500, 3000))
      try {
        await this.#look()
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #look(): Promise<void> {
    const { client, random, joinsByItself, circumstances } = this.#options
    const quorum = await describedQuorum(client)
    if (quorum === null) return
    if (this.#isWhole(quorum)) this.#wholeCount++
    if (!joinsByItself && (await this.#giveVote(quorum))) return
    if (circumstances.isStormy() && random.chance(0.3)) await this.#takeVote(quorum)
  }

  #isWhole({ currentVoters }: DescribedQuorum): boolean {
    const { controllers } = this.#options
    return currentVoters.length === controllers.length && controllers.every((controller) => isNamed(currentVoters, controller))
  }

  /** To one that has none; a directory that is lost loses its vote before. @returns whether there was one */
  async #giveVote({ currentVoters, observers }: DescribedQuorum): Promise<boolean> {
    const without = this.#options.controllers.find((controller) => isNamed(observers, controller) && !isNamed(currentVoters, controller))
    if (without === undefined) return false
    const former = currentVoters.find(({ replicaId }) => replicaId === without.id)
    if (former !== undefined) await this.#remove(former)
    else await this.#add(without)
    return true
  }

  async #takeVote({ currentVoters, highWatermark }: DescribedQuorum): Promise<void> {
    const { random, guard } = this.#options
    const areAllThere = currentVoters.every(({ logEndOffset }) => logEndOffset >= highWatermark)
    if (currentVoters.length <= LEAST_VOTERS || !areAllThere || !guard.mayRemoveVoter()) return
    await this.#remove(random.pick(currentVoters))
    guard.removed()
  }

  async #add({ id: voterId, endpoint, directoryId }: KeptController): Promise<void> {
    const voterDirectoryId = directoryId()
    if (voterDirectoryId === null) return
    const request = { clusterId: null, timeoutMs: TIMEOUT_MS, voterId, voterDirectoryId, listeners: [endpoint], ackWhenCommitted: true }
    const { errorCode } = await this.#options.client.anyBroker().ask(AddRaftVoterApi, ADD_VOTER_VERSION, request)
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.DUPLICATE_VOTER) expectNoQuorum(errorCode, `giving ${voterId} a vote`)
  }

  async #remove({ replicaId: voterId, replicaDirectoryId: voterDirectoryId }: Replica): Promise<void> {
    const request = { clusterId: null, voterId, voterDirectoryId }
    const { errorCode } = await this.#options.client.anyBroker().ask(RemoveRaftVoterApi, REMOVE_VOTER_VERSION, request)
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.VOTER_NOT_FOUND) expectNoQuorum(errorCode, `taking the vote of ${voterId}`)
  }
}

function isNamed(replicas: readonly Replica[], { id, directoryId }: KeptController): boolean {
  const current = directoryId()
  return replicas.some(({ replicaId, replicaDirectoryId }) => replicaId === id && replicaDirectoryId === current)
}

import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { AlterPartitionReassignmentsApi } from '../../../../protocol/messages/alter-partition-reassignments.ts'
import { ElectLeadersApi } from '../../../../protocol/messages/elect-leaders.ts'
import { IncrementalAlterConfigsApi } from '../../../../protocol/messages/incremental-alter-configs.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne, type Role } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { ClusterClient } from '../client/cluster-client.ts'
import { isPassing } from './passing.ts'

const TIMEOUT_MS = 5000
const TOPIC_RESOURCE = 2
const SET = 0
const PREFERRED = 0
const INTERNAL_TOPIC = '__consumer_offsets'
export const SETTING = 'max.message.bytes'

export interface OperatorOptions {
  readonly client: ClusterClient
  readonly random: SeededRandom
  readonly topic: string
  readonly partitions: readonly number[]
  readonly brokerIds: readonly number[]
  readonly replicationFactor: number
}

/**
 * Moves partitions between brokers, takes moves back, elects preferred leaders and changes settings, while others use
 * what is moved. An acknowledged setting stays.
 */
export class Operator implements Role {
  readonly #options: OperatorOptions
  #answers = 0
  #acknowledgedSetting: string | null = null
  /** Asked for without an answer that it is so: they may come into force at any time, or never. */
  readonly #openSettings = new Set<string>()

  constructor(options: OperatorOptions) {
    this.#options = options
  }

  get progress(): number {
    return this.#answers
  }

  /** At the end, of what the cluster says is set for the topic. */
  checkSetting(value: string | undefined): void {
    if (this.#acknowledgedSetting === null || this.#openSettings.has(value ?? '')) return
    ok(value === this.#acknowledgedSetting, `${SETTING} is ${value}, and ${this.#acknowledgedSetting} was acknowledged`)
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#operate(end)]
  }

  async #operate(end: End): Promise<void> {
    const { client, random } = this.#options
    const work = [() => this.#move(), () => this.#move(), () => this.#elect(), () => this.#changeSetting()]
    while (!end.isStopping) {
      await client.timers.sleep(random.between(500, 3000))
      try {
        if (await random.pick(work)()) this.#answers++
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }

  async #move(): Promise<boolean> {
    const { client, random, topic, partitions } = this.#options
    const [name, partitionIndex] = random.chance(0.2) ? [INTERNAL_TOPIC, 0] : [topic, random.pick(partitions)]
    const replicas = random.chance(0.1) ? null : this.#someBrokers()
    const topics = [{ name, partitions: [{ partitionIndex, replicas }] }]
    const answer = await client.anyBroker().ask(AlterPartitionReassignmentsApi, 1, { timeoutMs: TIMEOUT_MS, topics })
    if (isPassing(answer.errorCode)) return false
    ok(answer.errorCode === ErrorCode.NONE, `a reassignment fails with ${errorName(answer.errorCode)}`)
    const { errorCode } = onlyOne(onlyOne(answer.responses).partitions)
    const expected: readonly number[] = [ErrorCode.NONE, ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, ErrorCode.INVALID_REPLICA_ASSIGNMENT]
    ok(expected.includes(errorCode) || isPassing(errorCode), `moving ${name}-${partitionIndex} to ${replicas} fails with ${errorName(errorCode)}`)
    return errorCode === ErrorCode.NONE
  }

  async #elect(): Promise<boolean> {
    const { client, topic, partitions } = this.#options
    const topicPartitions = [{ topic, partitions: [...partitions] }]
    const { errorCode, replicaElectionResults } = await client
      .anyBroker()
      .ask(ElectLeadersApi, 2, { electionType: PREFERRED, topicPartitions, timeoutMs: TIMEOUT_MS })
    if (isPassing(errorCode)) return false
    ok(errorCode === ErrorCode.NONE, `an election fails with ${errorName(errorCode)}`)
    for (const { errorCode: code } of replicaElectionResults.flatMap(({ partitionResult }) => partitionResult)) {
      const expected: readonly number[] = [ErrorCode.NONE, ErrorCode.ELECTION_NOT_NEEDED, ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE]
      ok(expected.includes(code) || isPassing(code), `the election of a preferred leader fails with ${errorName(code)}`)
    }
    return true
  }

  async #changeSetting(): Promise<boolean> {
    const { client, random, topic } = this.#options
    const value = String(1_000_000 + random.below(100_000))
    this.#openSettings.add(value)
    const configs = [{ name: SETTING, configOperation: SET, value }]
    const resources = [{ resourceType: TOPIC_RESOURCE, resourceName: topic, configs }]
    const { errorCode } = onlyOne((await client.anyBroker().ask(IncrementalAlterConfigsApi, 1, { resources, validateOnly: false })).responses)
    ok(errorCode === ErrorCode.NONE || isPassing(errorCode), `changing a setting fails with ${errorName(errorCode)}`)
    if (errorCode !== ErrorCode.NONE) return false
    this.#openSettings.delete(value)
    this.#acknowledgedSetting = value
    return true
  }

  #someBrokers(): number[] {
    const { random, brokerIds, replicationFactor } = this.#options
    const left = [...brokerIds]
    return Array.from({ length: replicationFactor }, () => left.splice(random.below(left.length), 1)[0] as number)
  }
}

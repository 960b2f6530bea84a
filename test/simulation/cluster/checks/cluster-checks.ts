import { deepStrictEqual, ok } from 'node:assert/strict'
import type { RecordBatch } from '../../../../protocol/records/batch.ts'
import { records } from '../../../../protocol/records/record.ts'
import type { VoterSet } from '../../../../src/raft/voter-set.ts'
import type { Cluster } from '../cluster.ts'
import { type ClusterNode, DATA } from '../cluster-node.ts'
import { MIN_IN_SYNC } from '../plan.ts'
import type { PartitionModel } from '../roles/partition-model.ts'
import { checkLogsMatch } from './log-matching.ts'
import { type MetadataState, metadataStateOf } from './metadata-state.ts'
import { PartitionLeaders } from './partition-leaders.ts'
import { QuorumCheck } from './quorum-check.ts'
import { storedDirectoryId } from './stored-directory.ts'
import { deletedLogs, type StoredLog, storedLogs } from './stored-logs.ts'

/**
 * What must be true of all machines together at any time, read from their files: the program is not asked, but for whom nodes
 * take for the leaders of partitions. See `checkLogsMatch`, `QuorumCheck`, `PartitionLeaders`; and what was acknowledged stands on as many machines as was promised.
 */
export class ClusterChecks {
  readonly quorum: QuorumCheck
  readonly partitionLeaders = new PartitionLeaders()
  readonly #cluster: Cluster
  readonly #models: readonly PartitionModel[]
  /** Of how many acknowledged records the copies were counted. */
  readonly #counted = new Map<PartitionModel, number>()

  constructor(cluster: Cluster, models: readonly PartitionModel[]) {
    this.#cluster = cluster
    this.quorum = new QuorumCheck({ namesDirectories: cluster.plan.quorum !== undefined })
    this.#models = models
  }

  /** @param spared machines that may just have lost something, by name */
  look(spared: ReadonlySet<string>): void {
    const logs: StoredLog[] = []
    for (const node of this.#cluster.nodes) {
      const { id, machine, name } = node
      for (const view of node.takeViews()) this.partitionLeaders.look(view, id, name)
      this.quorum.look(machine, DATA)
      logs.push(...storedLogs(machine, DATA))
      const state = metadataStateOf(machine, DATA)
      if (state !== null) this.quorum.lookAtLog(state, name)
    }
    // Where no node serves yet, a crash may have left what recovery takes away.
    const serving = new Set(this.#cluster.nodes.filter(({ state }) => state === 'serving').map(({ name }) => name))
    checkLogsMatch(
      logs.filter(({ machine }) => serving.has(machine)),
      ({ name }) => this.#models.find(({ at }) => name === `${at.topic}-${at.partition}`)?.deletableTo ?? 0,
    )
    const deleted = this.#cluster.nodes.flatMap(({ machine }) => deletedLogs(machine, DATA))
    for (const model of this.#models) this.#countCopies(model, [...logs, ...deleted], spared)
  }

  /** Whether all machines say the same of the cluster. */
  get allAgree(): boolean {
    const [expected, ...others] = this.#cluster.nodes.map(({ machine }) => metadataStateOf(machine, DATA))
    return others.every((state) => this.#isSame(state, expected))
  }

  /**
   * At the end, when nothing goes wrong any more: all machines say the same of the cluster.
   * @returns the setting that the operator changes, by topic
   */
  lookAtEnd(): ReadonlyMap<string, string> {
    const [first, ...others] = this.#cluster.nodes
    const expected = metadataStateOf((first as ClusterNode).machine, DATA)
    for (const { machine, name } of others) {
      ok(this.#isSame(metadataStateOf(machine, DATA), expected), `${name} knows other metadata than ${first?.name}`)
    }
    if (expected !== null) this.partitionLeaders.lookAtCommitted(expected, `${first?.name}`)
    for (const { machine } of this.#cluster.nodes) for (const log of storedLogs(machine, DATA)) this.partitionLeaders.lookAtLog(log)
    this.#checkVoters(expected?.voters ?? [])
    return expected?.settings ?? new Map()
  }

  /** All controllers vote, and nobody who is no more. */
  #checkVoters(voters: VoterSet): void {
    if (this.#cluster.plan.quorum === undefined) return
    const expected = this.#cluster.controllers.map(({ id, machine }) => `${id} (${storedDirectoryId(machine, DATA)})`).sort()
    deepStrictEqual(voters.map(({ id, directoryId }) => `${id} (${directoryId})`).sort(), expected, 'the voters are the controllers, each with its directory')
  }

  #isSame(state: MetadataState | null | undefined, other: MetadataState | null | undefined): boolean {
    return JSON.stringify(contentOf(state)) === JSON.stringify(contentOf(other))
  }

  /**
   * Of what was acknowledged since the last look. Of what was before, the logs still agree. A replica that was moved away since counts:
   * a move ends as soon as one replica of those that stay is in sync. Source: PartitionReassignmentReplicas.maybeCompleteReassignment.
   */
  #countCopies(model: PartitionModel, logs: readonly StoredLog[], spared: ReadonlySet<string>): void {
    const offsets = [...model.acknowledged.keys()].slice(this.#counted.get(model) ?? 0)
    this.#counted.set(model, model.acknowledgedCount)
    const from = Math.min(...offsets)
    const replicas = logs.filter(({ name }) => name === `${model.at.topic}-${model.at.partition}`)
    const copies = replicas.map((log) => ({ machine: log.machine, values: valuesFrom(log, from) }))
    // What somebody asked to delete may be gone from any of them.
    for (const offset of offsets.filter((acknowledged) => acknowledged >= model.deletableTo)) {
      const value = model.acknowledged.get(offset)
      const holders = [...new Set(copies.filter(({ values }) => values.get(offset) === value).map(({ machine }) => machine))]
      const promised = Math.min(MIN_IN_SYNC, this.#cluster.brokers.length) - spared.size
      ok(holders.length >= promised, `${value} was acknowledged at ${offset} and stands on ${holders.length} machines (${holders.join()})`)
    }
  }
}

function valuesFrom({ batches }: StoredLog, start: number): Map<number, string> {
  const values = new Map<number, string>()
  for (let at = batches.length - 1; at >= 0 && (batches[at] as RecordBatch).nextOffset > start; at--) {
    for (const { offset, value } of records(batches[at] as RecordBatch)) values.set(offset, String(value))
  }
  return values
}

function contentOf(state: MetadataState | null | undefined): unknown {
  if (state === null || state === undefined) return null
  const { topics, partitions, brokers, others, voters, endOffset, epoch } = state
  return { endOffset, epoch, voters, topics: [...topics].sort(), partitions: [...partitions].sort(), others: [...others].sort(), brokers: brokers.size }
}

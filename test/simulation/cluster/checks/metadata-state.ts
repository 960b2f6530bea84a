import type { RecordBatch } from '../../../../protocol/records/batch.ts'
import type { MetadataRecord } from '../../../../src/metadata/metadata-record.ts'
import { metadataRecordSerde } from '../../../../src/metadata/record-serde.ts'
import { decodeLogBatch, decodeLogBatches, type LogBatch } from '../../../../src/raft/log-batches.ts'
import type { VoterSet } from '../../../../src/raft/voter-set.ts'
import type { SimulatedNode } from '../../../support/world/simulated-node.ts'
import { SETTING } from '../roles/operator.ts'
import { METADATA_LOG, type StoredLog, storedMetadataLog } from './stored-logs.ts'

export interface PartitionState {
  readonly topicId: string
  readonly topic: string
  readonly partition: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly leader: number
  readonly leaderEpoch: number
}

export interface BrokerState {
  /** Offset of the record with which it registered last. */
  readonly registeredAt: number
  readonly isFenced: boolean
  /** Offset of the record that fenced it last, or made it count again. */
  readonly changedAt: number
  /** It shuts down in order. */
  readonly isLeaving: boolean
}

/** What the metadata log of one machine says at its end, committed or not, read by rules of our own. */
export class MetadataState {
  readonly topics: Map<string, string>
  readonly partitions: Map<string, PartitionState>
  readonly brokers: Map<number, BrokerState>
  /** The latest record about anything else, by what it is about. */
  readonly others: Map<string, string>
  /** Who was named the leader of a quorum's epoch. */
  readonly quorumLeaders: Map<number, number>
  /** Who led a partition in an epoch, of all that are told, by `epochKey`. */
  readonly partitionLeaders: Map<string, number>
  /** Of a dynamic quorum; null where nothing named them. */
  voters: VoterSet | null
  /** Of `SETTING`, by topic. */
  readonly settings: Map<string, string>
  endOffset: number
  epoch: number

  /** @param before where it goes on from */
  constructor(before: MetadataState | null = null) {
    this.topics = new Map(before?.topics)
    this.partitions = new Map(before?.partitions)
    this.brokers = new Map(before?.brokers)
    this.others = new Map(before?.others)
    this.quorumLeaders = new Map(before?.quorumLeaders)
    this.partitionLeaders = new Map(before?.partitionLeaders)
    this.voters = before?.voters ?? null
    this.settings = new Map(before?.settings)
    this.endOffset = before?.endOffset ?? 0
    this.epoch = before?.epoch ?? 0
  }

  take(batch: LogBatch<MetadataRecord>): void {
    for (const control of batch.control) {
      if (control.type === 'leader-change') this.quorumLeaders.set(batch.epoch, control.leaderId)
      if (control.type === 'voters') this.voters = control.voters
    }
    for (const [index, record] of batch.records.entries()) this.#replay(record, batch.baseOffset + index)
    this.endOffset = batch.lastOffset + 1
    this.epoch = batch.epoch
  }

  #replay(record: MetadataRecord, offset: number): void {
    switch (record.type) {
      case 'TopicRecord':
        this.topics.set(record.data.topicId, record.data.name)
        return
      case 'RemoveTopicRecord':
        this.#removeTopic(record.data.topicId)
        return
      case 'PartitionRecord':
        this.#setPartition({ ...record.data, partition: record.data.partitionId, topic: this.topics.get(record.data.topicId) ?? '' })
        return
      case 'PartitionChangeRecord':
        this.#changePartition(record.data)
        return
      case 'RegisterBrokerRecord':
        this.brokers.set(record.data.brokerId, {
          registeredAt: offset,
          isFenced: record.data.fenced,
          isLeaving: record.data.inControlledShutdown === true,
          changedAt: offset,
        })
        return
      case 'BrokerRegistrationChangeRecord':
        this.#changeBroker(record.data, offset)
        return
      case 'UnregisterBrokerRecord':
        this.brokers.delete(record.data.brokerId)
        return
      case 'NoOpRecord':
        return
      case 'ConfigRecord':
        this.others.set(`config ${record.data.resourceType} ${record.data.resourceName} ${record.data.name}`, String(record.data.value))
        if (record.data.name === SETTING && record.data.value !== null) this.settings.set(record.data.resourceName, record.data.value)
        return
      case 'FeatureLevelRecord':
        this.others.set(`feature ${record.data.name}`, String(record.data.featureLevel))
        return
      case 'ProducerIdsRecord':
        this.others.set('producer ids', String(record.data.nextProducerId))
        return
      default:
        return
    }
  }

  #removeTopic(topicId: string): void {
    this.topics.delete(topicId)
    for (const [key, partition] of this.partitions) if (partition.topicId === topicId) this.partitions.delete(key)
  }

  #changePartition(change: Extract<MetadataRecord, { type: 'PartitionChangeRecord' }>['data']): void {
    const before = this.partitions.get(`${change.topicId} ${change.partitionId}`)
    if (before === undefined) return
    // A change of the leader, be it to the same one, begins an epoch. Source: KIP-631; PartitionRegistration.merge.
    const named = change.leader === UNCHANGED ? before : { leader: change.leader, leaderEpoch: before.leaderEpoch + 1 }
    this.#setPartition({ ...before, ...named, isr: change.isr ?? before.isr, replicas: change.replicas ?? before.replicas })
  }

  #setPartition({ topicId, topic, partition, replicas, isr, leader, leaderEpoch }: PartitionState): void {
    this.partitions.set(`${topicId} ${partition}`, { topicId, topic, partition, replicas, isr, leader, leaderEpoch })
    this.partitionLeaders.set(epochKey(topicId, partition, leaderEpoch), leader)
  }

  /** 0 leaves as it was; a broker that has begun to leave goes on with it. */
  #changeBroker({ brokerId, fenced, inControlledShutdown }: Extract<MetadataRecord, { type: 'BrokerRegistrationChangeRecord' }>['data'], offset: number): void {
    const before = this.brokers.get(brokerId)
    if (before === undefined) return
    const isLeaving = before.isLeaving || inControlledShutdown > 0
    const changed = fenced === 0 ? {} : { isFenced: fenced > 0, changedAt: offset }
    this.brokers.set(brokerId, { ...before, isLeaving, ...changed })
  }
}

/** Of the leader in a change. */
const UNCHANGED = -2

export function epochKey(topicId: string, partition: number, leaderEpoch: number): string {
  return `epoch ${leaderEpoch} of partition ${partition} of ${topicId}`
}

const SNAPSHOT_FILE = /^(\d{20})-\d{10}\.checkpoint$/

const known = new WeakMap<RecordBatch, MetadataState>()

/** null while the machine has no metadata log that begins at 0 or behind a snapshot. */
export function metadataStateOf(machine: SimulatedNode, directory: string): MetadataState | null {
  const log = storedMetadataLog(machine, directory)
  if (log === null) return null
  // Batches are the same objects as long as they and what is before them are as they were.
  const at = log.batches.findLastIndex((batch) => known.has(batch))
  const before = at < 0 ? null : (known.get(log.batches[at] as RecordBatch) as MetadataState)
  if (before !== null && at === log.batches.length - 1) return before
  const state = before === null ? replayed(machine, directory, log) : withMore(before, log.batches.slice(at + 1))
  const last = log.batches.at(-1)
  if (state !== null && last !== undefined) known.set(last, state)
  return state
}

function withMore(before: MetadataState, batches: readonly RecordBatch[]): MetadataState {
  const state = new MetadataState(before)
  for (const batch of batches) state.take(decodeLogBatch(batch, metadataRecordSerde))
  return state
}

function replayed(machine: SimulatedNode, directory: string, log: StoredLog): MetadataState | null {
  const state = new MetadataState()
  const start = log.batches[0]?.baseOffset ?? 0
  const snapshot = latestSnapshot(machine, directory)
  if (start > 0 && snapshot === null) return null
  if (snapshot !== null && snapshot.offset >= start) {
    for (const batch of decodeLogBatches(snapshot.bytes, metadataRecordSerde)) state.take(batch)
    state.endOffset = snapshot.offset
  }
  for (const batch of log.batches) if (batch.baseOffset >= state.endOffset) state.take(decodeLogBatch(batch, metadataRecordSerde))
  return state
}

function latestSnapshot(machine: SimulatedNode, directory: string): { readonly offset: number; readonly bytes: Buffer } | null {
  const node = machine.volume.find(`${directory}/${METADATA_LOG}`)
  if (node?.kind !== 'directory') return null
  const files = [...node.names].flatMap(([name, file]) => {
    const [, offset] = SNAPSHOT_FILE.exec(name) ?? []
    return offset === undefined || file.kind !== 'file' ? [] : [{ offset: Number(offset), file }]
  })
  const latest = files.sort((a, b) => a.offset - b.offset).at(-1)
  return latest === undefined ? null : { offset: latest.offset, bytes: latest.file.content.bytes() }
}

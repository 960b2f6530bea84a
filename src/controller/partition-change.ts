import type { Uuid } from '../../protocol/uuid.ts'
import type { RecordLevels } from '../metadata/features.ts'
import { NO_LEADER, type PartitionImage } from '../metadata/image.ts'
import type { MetadataRecordOf } from '../metadata/metadata-record.ts'
import { NO_LEADER_CHANGE, NO_RECOVERY_CHANGE } from '../metadata/replay/partition.ts'

export interface PartitionChangeOptions {
  readonly topicId: Uuid
  readonly partitionId: number
  readonly partition: PartitionImage
  readonly targetIsr: readonly number[]
  /** Of each replica, in the order of the partition's; those of the partition when left out. */
  readonly targetDirectories?: readonly Uuid[]
  /** Whether a broker may lead after the change. */
  readonly isAcceptableLeader: (brokerId: number) => boolean
  /** `unclean`: rather a leader that may lack records than none (`unclean.leader.election.enable`). */
  readonly election: 'online' | 'unclean'
  /** Brokers that came back without a clean shutdown: what they had is not counted on. */
  readonly uncleanShutdownReplicas: readonly number[]
  readonly minIsr: number
  readonly isElrEnabled: boolean
  readonly levels: RecordLevels
}

type Change = MetadataRecordOf<'PartitionChangeRecord'>['data']

interface Elected {
  readonly leader: number
  readonly isUnclean: boolean
}

const RECOVERING = 1

/**
 * The change that brings a partition to `targetIsr`, with the leader that then leads and the eligible leaders that remain
 * (KIP-966); null when nothing changes.
 *
 * A leader that stays valid stays. Otherwise the first valid replica leads, else, when nobody is left of ISR and ELR, the
 * last known leader, else with an unclean election any live replica; else nobody.
 *
 * Source: PartitionChangeBuilder of Kafka's controller.
 */
export function partitionChange(options: PartitionChangeOptions): MetadataRecordOf<'PartitionChangeRecord'> | null {
  const { partition, levels, isElrEnabled } = options
  const elected = elect(options)
  const changesLeader = elected.leader !== partition.leader
  const isUnclean = changesLeader && elected.isUnclean
  const { isr, elr } = isrAndElr(options, changesLeader ? elected : null)
  const leaderEpochMustRise = levels.leaderEpochBumpOnIsrShrink && partition.isr.some((id) => !isr.includes(id))
  const change: Change = {
    ...noChange(options.topicId, options.partitionId),
    leader: changesLeader ? elected.leader : leaderEpochMustRise ? partition.leader : NO_LEADER_CHANGE,
    isr: (isUnclean || isr.length > 0 || isElrEnabled) && !sameIds(isr, partition.isr) ? isr : null,
    eligibleLeaderReplicas: sameIds(elr, partition.eligibleLeaderReplicas) ? null : elr,
    lastKnownElr: isElrEnabled ? lastKnownChange(partition, changesLeader ? elected.leader : NO_LEADER_CHANGE) : null,
    directories: directoriesChange(options),
    leaderRecoveryState: isUnclean && partition.leaderRecoveryState !== 'recovering' ? RECOVERING : NO_RECOVERY_CHANGE,
  }
  return isNoChange(change) ? null : { type: 'PartitionChangeRecord', version: levels.partitionChange, data: change }
}

/** Of the replicas that were in sync or eligible, those that still count though they leave the ISR. */
function targetElr(options: PartitionChangeOptions): readonly number[] {
  const { partition, targetIsr, uncleanShutdownReplicas, minIsr, isElrEnabled } = options
  if (!isElrEnabled) return partition.eligibleLeaderReplicas
  if (targetIsr.length >= minIsr) return []
  const candidates = new Set([...partition.eligibleLeaderReplicas, ...partition.isr])
  return [...candidates].filter((id) => !targetIsr.includes(id) && !uncleanShutdownReplicas.includes(id)).sort((a, b) => a - b)
}

function elect(options: PartitionChangeOptions): Elected {
  const { partition, targetIsr, isAcceptableLeader } = options
  const elr = targetElr(options)
  const isValid = (id: number) => (targetIsr.includes(id) || (targetIsr.length === 0 && elr.includes(id))) && isAcceptableLeader(id)
  if (isValid(partition.leader)) return { leader: partition.leader, isUnclean: false }
  const online = partition.replicas.find(isValid)
  if (online !== undefined) return { leader: online, isUnclean: false }
  const lastKnown = lastKnownLeader(options, elr)
  if (lastKnown !== null) return { leader: lastKnown, isUnclean: true }
  const any = options.election === 'unclean' ? partition.replicas.find(isAcceptableLeader) : undefined
  return any === undefined ? { leader: NO_LEADER, isUnclean: false } : { leader: any, isUnclean: true }
}

function lastKnownLeader({ partition, targetIsr, isElrEnabled, isAcceptableLeader }: PartitionChangeOptions, elr: readonly number[]): number | null {
  const [lastKnown, ...others] = partition.lastKnownElr
  if (!isElrEnabled || targetIsr.length > 0 || elr.length > 0 || lastKnown === undefined || others.length > 0) return null
  return isAcceptableLeader(lastKnown) ? lastKnown : null
}

/** A leader out of the ELR is the new ISR, and so is one of an unclean election, which leaves no eligible leader. */
function isrAndElr(options: PartitionChangeOptions, elected: Elected | null): { readonly isr: readonly number[]; readonly elr: readonly number[] } {
  const elr = targetElr(options)
  if (elected?.isUnclean) return { isr: [elected.leader], elr: [] }
  if (elected !== null && elr.includes(elected.leader)) {
    return { isr: [elected.leader], elr: options.isElrEnabled ? elr.filter((id) => id !== elected.leader) : [] }
  }
  return { isr: options.targetIsr, elr: options.isElrEnabled ? elr : [] }
}

function lastKnownChange(partition: PartitionImage, leader: number): readonly number[] | null {
  if (leader === NO_LEADER && partition.lastKnownElr.length === 0) return [partition.leader]
  return leader >= 0 && partition.lastKnownElr.length > 0 ? [] : null
}

function directoriesChange({ partition, targetDirectories = partition.directories }: PartitionChangeOptions): readonly Uuid[] | null {
  return targetDirectories.every((directory, index) => directory === partition.directories[index]) ? null : targetDirectories
}

function noChange(topicId: Uuid, partitionId: number): Change {
  return {
    partitionId,
    topicId,
    isr: null,
    leader: NO_LEADER_CHANGE,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: NO_RECOVERY_CHANGE,
    directories: null,
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  }
}

function isNoChange(change: Change): boolean {
  const { isr, leader, eligibleLeaderReplicas, lastKnownElr, leaderRecoveryState, directories } = change
  const keepsLists = isr === null && eligibleLeaderReplicas === null && lastKnownElr === null && directories === null
  return keepsLists && leader === NO_LEADER_CHANGE && leaderRecoveryState === NO_RECOVERY_CHANGE
}

function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index])
}

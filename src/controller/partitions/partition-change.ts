import type { Uuid } from '../../../protocol/uuid.ts'
import type { RecordLevels } from '../../metadata/features.ts'
import { DirectoryId, NO_LEADER, type PartitionImage } from '../../metadata/image.ts'
import type { MetadataRecordOf } from '../../metadata/metadata-record.ts'
import { NO_LEADER_CHANGE, NO_RECOVERY_CHANGE } from '../../metadata/replay/partition.ts'
import { completedReassignment, type ReplicaTarget } from './reassignment.ts'

export interface PartitionChangeOptions {
  readonly topicId: Uuid
  readonly partitionId: number
  readonly partition: PartitionImage
  readonly targetIsr: readonly number[]
  /** Of each replica, in the order of the partition's; those of the partition when left out. */
  readonly targetDirectories?: readonly Uuid[]
  /** Other replicas, of which some may come and some leave; those of the partition when left out. */
  readonly target?: ReplicaTarget
  /** Of a broker that had no replica; it is unassigned when left out. */
  readonly defaultDirectory?: (brokerId: number) => Uuid
  /** Whether the leader may have lost records, as the leader says; as it is when left out (KIP-704). */
  readonly targetRecoveryState?: PartitionImage['leaderRecoveryState']
  /** Whether a broker may lead after the change. */
  readonly isAcceptableLeader: (brokerId: number) => boolean
  /**
   * `unclean`: rather a leader that may lack records than none (`unclean.leader.election.enable`). `preferred`: the first
   * replica leads if it may, though another leads well.
   */
  readonly election: 'preferred' | 'online' | 'unclean'
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

const RECOVERED = 0
const RECOVERING = 1

/**
 * The change that brings a partition to `targetIsr` and to its target replicas, with the leader that then leads and the
 * eligible leaders that remain (KIP-966); null when nothing changes. A reassignment that is complete with it ends (KIP-455).
 *
 * A leader that stays valid stays, unless the preferred one is asked for. Otherwise the first valid replica leads, else, when nobody is left of ISR and ELR, the
 * last known leader, else with an unclean election any live replica; else nobody.
 *
 * Source: PartitionChangeBuilder of Kafka's controller.
 */
export function partitionChange(given: PartitionChangeOptions): MetadataRecordOf<'PartitionChangeRecord'> | null {
  const options = settled(given)
  const { partition, target, levels, isElrEnabled } = options
  const elected = elect(options)
  const changesLeader = elected.leader !== partition.leader
  const isUnclean = changesLeader && elected.isUnclean
  const { isr, elr } = isrAndElr(options, changesLeader ? elected : null)
  const leaderEpochMustRise = target.replicas !== partition.replicas && partition.replicas.some((id) => !target.replicas.includes(id))
  const isrShrinks = levels.leaderEpochBumpOnIsrShrink && partition.isr.some((id) => !isr.includes(id))
  const leader = changesLeader ? elected.leader : leaderEpochMustRise || isrShrinks ? partition.leader : NO_LEADER_CHANGE
  const change: Change = {
    ...noChange(options.topicId, options.partitionId),
    leader,
    isr: (isUnclean || isr.length > 0 || isElrEnabled) && !sameIds(isr, partition.isr) ? isr : null,
    eligibleLeaderReplicas: sameIds(elr, partition.eligibleLeaderReplicas) ? null : elr,
    lastKnownElr: isElrEnabled ? lastKnownChange(partition, leader) : null,
    ...assignmentChange(options),
    leaderRecoveryState: recoveryChange(options, isUnclean),
  }
  return isNoChange(change) ? null : { type: 'PartitionChangeRecord', version: levels.partitionChange, data: change }
}

/** With the replicas and the ISR that are meant: as asked for, or as the end of a reassignment leaves them. */
interface SettledOptions extends PartitionChangeOptions {
  readonly target: ReplicaTarget
}

function settled(options: PartitionChangeOptions): SettledOptions {
  const { partition, target = partition, targetIsr } = options
  const completed = completedReassignment(target, targetIsr)
  if (completed === null) return { ...options, target }
  return { ...options, target: { replicas: completed.replicas, removingReplicas: [], addingReplicas: [] }, targetIsr: completed.isr }
}

/**
 * Of the replicas that were in sync or eligible, those that still count though they leave the ISR. Who is removed has deleted what it
 * had: it would come back with an empty log. (Kafka's controller keeps it, and may elect it when it is added again.)
 */
function targetElr(options: SettledOptions): readonly number[] {
  const { partition, target, targetIsr, uncleanShutdownReplicas, minIsr, isElrEnabled } = options
  if (!isElrEnabled) return partition.eligibleLeaderReplicas
  if (targetIsr.length >= minIsr) return []
  const isKept = (id: number) => partition.replicas.includes(id) && target.replicas.includes(id)
  const candidates = [...new Set([...partition.eligibleLeaderReplicas, ...partition.isr])].filter(isKept)
  return candidates.filter((id) => !targetIsr.includes(id) && !uncleanShutdownReplicas.includes(id)).sort((a, b) => a - b)
}

function elect(options: SettledOptions): Elected {
  const { partition, target, targetIsr, election, isAcceptableLeader } = options
  const elr = targetElr(options)
  const isValid = (id: number) => (targetIsr.includes(id) || (targetIsr.length === 0 && elr.includes(id))) && isAcceptableLeader(id)
  const [preferred] = target.replicas
  if (election === 'preferred' && preferred !== undefined && isValid(preferred)) return { leader: preferred, isUnclean: false }
  if (isValid(partition.leader)) return { leader: partition.leader, isUnclean: false }
  const online = target.replicas.find(isValid)
  if (online !== undefined) return { leader: online, isUnclean: false }
  const lastKnown = lastKnownLeader(options, elr)
  if (lastKnown !== null) return { leader: lastKnown, isUnclean: true }
  const any = election === 'unclean' ? target.replicas.find(isAcceptableLeader) : undefined
  return any === undefined ? { leader: NO_LEADER, isUnclean: false } : { leader: any, isUnclean: true }
}

function lastKnownLeader({ partition, targetIsr, isElrEnabled, isAcceptableLeader }: PartitionChangeOptions, elr: readonly number[]): number | null {
  const [lastKnown, ...others] = partition.lastKnownElr
  if (!isElrEnabled || targetIsr.length > 0 || elr.length > 0 || lastKnown === undefined || others.length > 0) return null
  return isAcceptableLeader(lastKnown) ? lastKnown : null
}

/** A leader out of the ELR is the new ISR, and so is one of an unclean election, which leaves no eligible leader. */
function isrAndElr(options: SettledOptions, elected: Elected | null): { readonly isr: readonly number[]; readonly elr: readonly number[] } {
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

/** What a leader says of itself goes before what an election makes of it. */
function recoveryChange({ partition, targetRecoveryState = partition.leaderRecoveryState }: PartitionChangeOptions, isUnclean: boolean): number {
  if (targetRecoveryState !== partition.leaderRecoveryState) return targetRecoveryState === 'recovering' ? RECOVERING : RECOVERED
  return isUnclean && partition.leaderRecoveryState !== 'recovering' ? RECOVERING : NO_RECOVERY_CHANGE
}

function assignmentChange(options: SettledOptions): Pick<Change, 'replicas' | 'removingReplicas' | 'addingReplicas' | 'directories'> {
  const { partition, target, levels } = options
  const { replicas, removingReplicas, addingReplicas } = target
  const directories = replicas.map((id) => directoryOf(id, options))
  const keepsDirectories = !levels.directoryAssignment || sameIds(directories, partition.directories)
  return {
    replicas: sameIds(replicas, partition.replicas) ? null : replicas,
    removingReplicas: sameIds(removingReplicas, partition.removingReplicas) ? null : removingReplicas,
    addingReplicas: sameIds(addingReplicas, partition.addingReplicas) ? null : addingReplicas,
    directories: keepsDirectories ? null : directories,
  }
}

function directoryOf(brokerId: number, { partition, defaultDirectory, targetDirectories = partition.directories }: SettledOptions): Uuid {
  const index = partition.replicas.indexOf(brokerId)
  return (index < 0 ? defaultDirectory?.(brokerId) : targetDirectories[index]) ?? DirectoryId.UNASSIGNED
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

function isNoChange({ isr, leader, leaderRecoveryState, ...change }: Change): boolean {
  const lists = [isr, change.eligibleLeaderReplicas, change.lastKnownElr, change.replicas, change.removingReplicas, change.addingReplicas, change.directories]
  return lists.every((list) => list === null) && leader === NO_LEADER_CHANGE && leaderRecoveryState === NO_RECOVERY_CHANGE
}

function sameIds<Id extends number | string>(a: readonly Id[], b: readonly Id[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index])
}

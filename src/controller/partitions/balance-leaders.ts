import { NO_LEADER, type PartitionImage } from '../../metadata/image.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, partitionsWhere, type TopicPartitionImage, topicOverrides } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { topicChange } from './topic-change.ts'

/** Kafka's bound of the elections of one look. Source: QuorumController.MAX_ELECTIONS_PER_IMBALANCE. */
const MAX_ELECTIONS = 1000

/** Whether there may be more to elect than this look did. */
export type ElectionsReply = { readonly hasMore: boolean }

/**
 * Gives the lead back to preferred replicas that may have it (`auto.leader.rebalance.enable`).
 * Source: ReplicationControlManager.maybeBalancePartitionLeaders.
 */
export function balanceLeaders(state: ControllerState, rules: ControllerRules): Decision<ElectionsReply> {
  return elections(
    state,
    ({ leader, replicas }) => leader !== replicas[0],
    (found) => topicChange(state, found, { election: 'preferred' }, rules),
  )
}

/**
 * Gives a leader to partitions that have none, where their topic would rather lose records
 * (`unclean.leader.election.enable`, which may have been set since they lost their leader).
 * Source: ReplicationControlManager.maybeElectUncleanLeaders; KIP-966.
 */
export function electUncleanLeaders(state: ControllerState, rules: ControllerRules): Decision<ElectionsReply> {
  const isAllowed = ({ topic }: TopicPartitionImage) => rules.uncleanElectionEnabled(topicOverrides(state.image, topic.name))
  return elections(
    state,
    ({ leader }) => leader === NO_LEADER,
    (found) => (isAllowed(found) ? topicChange(state, found, { election: 'unclean' }, rules) : null),
  )
}

function elections(
  state: ControllerState,
  isCandidate: (partition: PartitionImage) => boolean,
  elect: (found: TopicPartitionImage) => MetadataRecord | null,
): Decision<ElectionsReply> {
  const records: MetadataRecord[] = []
  for (const found of partitionsWhere(state.image, isCandidate)) {
    if (records.length >= MAX_ELECTIONS) return { records, reply: { hasMore: true } }
    const record = elect(found)
    if (record !== null) records.push(record)
  }
  return { records, reply: { hasMore: false } }
}

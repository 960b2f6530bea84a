import { ErrorCode } from '../../../protocol/error-codes.ts'
import { OdradekError } from '../../base/errors.ts'
import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { describeGroup } from '../operations/groups/describe-groups.ts'
import { commitOffsets, committedOffsets, type OffsetToCommit } from '../operations/groups/group-offsets.ts'
import { isKafkaError } from '../operations/kafka-error.ts'
import { type ImportOptions, type ImportStep, stepFor } from './import-step.ts'
import type { GroupDocument, OffsetDocument } from './metadata-document.ts'

const WITHOUT_MEMBERS: ReadonlySet<string> = new Set(['Empty', 'Dead'])
const NOT_KNOWN_YET_MS = 100

/** What is known of topics before an import, and of those that it makes. */
export interface TopicsToBe {
  /** How many each topic has when the topics of the document have been imported. */
  readonly partitions: ReadonlyMap<string, number>
  /** Where partitions end now, as far as they tell it, by `topic-partition`. */
  readonly ends: ReadonlyMap<string, number>
}

/** Commits what a group lacks, and with `update` what it has otherwise. */
export async function groupStep(
  client: ClusterClient,
  { groupId, offsets }: GroupDocument,
  { partitions, ends }: TopicsToBe,
  { update }: ImportOptions,
): Promise<ImportStep> {
  const subject = `group ${groupId}`
  const committed = await committedOffsets(client, groupId)
  const thereOf = ({ topic, partition }: OffsetDocument) => committed.get(topicPartitionKey(topic, partition))?.offset
  const possible = offsets.filter(({ topic, partition }) => partition < (partitions.get(topic) ?? 0))
  const missing = possible.filter((wanted) => thereOf(wanted) === undefined)
  const others = possible.filter((wanted) => thereOf(wanted) !== undefined && thereOf(wanted) !== wanted.offset)
  const applied = update ? [...missing, ...others] : missing
  const left = update ? [] : others.map((wanted) => `${topicPartitionKey(wanted.topic, wanted.partition)} at ${thereOf(wanted)} and not ${wanted.offset}`)
  const absent = offsets.length - possible.length
  const notes = [...left, ...(absent === 0 ? [] : [`${absent} offsets of partitions that are not there`])]
  if (applied.length === 0)
    return offsets.length > 0 && possible.length === 0 ? { outcome: 'skip', subject, detail: notes.join(', ') } : stepFor(subject, notes, false)
  // The records may come yet; until then consumers begin as auto.offset.reset says.
  const past = applied.filter(({ topic, partition, offset }) => offset > (ends.get(topicPartitionKey(topic, partition)) ?? offset)).length
  const counts = [`${applied.length} offsets`, ...(past === 0 ? [] : [`${past} past the ends of their partitions`])]
  return {
    outcome: committed.size === 0 ? 'create' : 'update',
    subject,
    detail: [...counts, ...notes].join(', '),
    check: () => refuseMembers(client, groupId),
    run: () => commitWhenKnown(client, groupId, applied),
  }
}

/** Errors: METADATA_IMPORT for a group that commits its offsets itself. */
async function refuseMembers(client: ClusterClient, groupId: string): Promise<void> {
  const state = await stateOf(client, groupId)
  if (WITHOUT_MEMBERS.has(state)) return
  const message = `It has members (it is ${state}), and offsets are set from outside only while it has none. Stop them, or leave offsets out (--skip offsets).`
  throw new OdradekError('METADATA_IMPORT', message)
}

async function stateOf(client: ClusterClient, groupId: string): Promise<string> {
  try {
    return (await describeGroup(client, groupId)).state
  } catch (error) {
    if (isKafkaError(error, ErrorCode.GROUP_ID_NOT_FOUND)) return 'Dead'
    throw error
  }
}

/** A coordinator may hear of partitions later than whoever made them. */
async function commitWhenKnown(client: ClusterClient, groupId: string, offsets: readonly OffsetToCommit[]): Promise<void> {
  const { clock, timers } = client.ports
  const deadlineMs = clock.monotonicMs() + client.settings.apiTimeoutMs
  for (;;) {
    try {
      return await commitOffsets(client, groupId, offsets)
    } catch (error) {
      if (!isKafkaError(error, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) || clock.monotonicMs() >= deadlineMs) throw error
      await timers.sleep(NOT_KNOWN_YET_MS)
    }
  }
}

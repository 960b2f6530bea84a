import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { KafkaError } from '../operations/kafka-error.ts'
import { listOffsets, OFFSET_AT, type OffsetWanted } from '../operations/offsets/list-offsets.ts'
import { listTopics } from '../operations/topics/list-topics.ts'
import { configSteps } from './config-steps.ts'
import { groupStep, type TopicsToBe } from './group-steps.ts'
import type { ImportOptions, ImportStep } from './import-step.ts'
import type { GroupDocument, MetadataDocument } from './metadata-document.ts'
import { topicSteps } from './topic-steps.ts'

/** What an import of the document would do to the cluster, in order. Nothing is changed. Errors: those of `ClusterClient`. */
export async function planImport(client: ClusterClient, document: MetadataDocument, options: ImportOptions): Promise<readonly ImportStep[]> {
  const steps: ImportStep[] = []
  if (!options.skip.has('topics')) steps.push(...(await topicSteps(client, document.topics, options)))
  if (!options.skip.has('configs')) steps.push(...(await configSteps(client, document, options)))
  if (!options.skip.has('offsets')) {
    const topics = await topicsToBe(client, document, options)
    for (const group of document.groups) steps.push(await groupStep(client, group, topics, options))
  }
  return steps
}

/** A topic that is there is given more partitions only with `update`. */
async function topicsToBe(client: ClusterClient, document: MetadataDocument, { skip, update }: ImportOptions): Promise<TopicsToBe> {
  const there = new Map((await listTopics(client)).map(({ name, partitionCount }) => [name, partitionCount]))
  const partitions = new Map(there)
  for (const topic of skip.has('topics') ? [] : document.topics) {
    const count = there.get(topic.name)
    if (count === undefined || (update && topic.partitions > count)) partitions.set(topic.name, topic.partitions)
  }
  return { partitions, ends: await endsOf(client, document.groups, there) }
}

/** Of all partitions that the groups have offsets of: 0 of one that is not there yet; none of one that does not tell it. */
async function endsOf(client: ClusterClient, groups: readonly GroupDocument[], there: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
  const wanted = new Map<string, OffsetWanted>()
  for (const { topic, partition } of groups.flatMap(({ offsets }) => offsets)) {
    wanted.set(topicPartitionKey(topic, partition), { topic, partition, timestamp: OFFSET_AT.latest })
  }
  const isThere = ({ topic, partition }: OffsetWanted) => partition < (there.get(topic) ?? 0)
  const answers = await listOffsets(client, [...wanted.values()].filter(isThere))
  const ends = new Map<string, number>()
  for (const [key, one] of wanted) {
    const answer = isThere(one) ? answers.get(key) : { offset: 0 }
    if (answer !== undefined && !(answer instanceof KafkaError)) ends.set(key, answer.offset)
  }
  return ends
}

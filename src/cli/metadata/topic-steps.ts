import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { alterConfig } from '../operations/configs.ts'
import { addPartitions, createTopic } from '../operations/topics/change-topics.ts'
import { describeTopics } from '../operations/topics/describe-topics.ts'
import { listTopics } from '../operations/topics/list-topics.ts'
import { ConfigReader, topicConfigs } from './export-metadata.ts'
import { assignments, changed, edit, type ImportOptions, type ImportStep, stepFor } from './import-step.ts'
import type { Configs, TopicDocument } from './metadata-document.ts'

/** Makes topics, and with `update` gives those that are there what they lack. */
export async function topicSteps(client: ClusterClient, topics: readonly TopicDocument[], options: ImportOptions): Promise<readonly ImportStep[]> {
  const known = new Set((await listTopics(client)).map(({ name }) => name))
  const names = topics.map(({ name }) => name).filter((name) => known.has(name))
  const there = new Map((await describeTopics(client, names)).map(({ name, partitions }) => [name, partitions.length]))
  const configs = await topicConfigs(new ConfigReader(client), names)
  return topics.map((topic) => {
    const partitions = there.get(topic.name)
    return partitions === undefined
      ? newTopic(client, topic, options)
      : existingTopic(client, topic, { partitions, configs: configs[topic.name] ?? {} }, options)
  })
}

function newTopic(client: ClusterClient, { name, partitions, replicationFactor: had, configs }: TopicDocument, options: ImportOptions): ImportStep {
  const replicationFactor = options.replicationFactor ?? had
  const topic = { name, partitions, replicationFactor, configs }
  return {
    outcome: 'create',
    subject: `topic ${name}`,
    detail: [`${partitions} partitions`, `replication factor ${replicationFactor}`, ...assignments(configs)].join(', '),
    check: () => createTopic(client, topic, { validateOnly: true }),
    run: () => createTopic(client, topic),
  }
}

interface ExistingTopic {
  readonly partitions: number
  readonly configs: Configs
}

function existingTopic(client: ClusterClient, wanted: TopicDocument, there: ExistingTopic, { update }: ImportOptions): ImportStep {
  const { name, partitions } = wanted
  const edits = changed(wanted.configs, there.configs)
  const differences = [
    ...(partitions === there.partitions ? [] : [`${there.partitions} partitions and not ${partitions}`]),
    ...edits.map(([key, value]) => `${key}=${there.configs[key] ?? '(none)'} and not ${value}`),
  ]
  const grows = partitions > there.partitions
  const canUpdate = update && (grows || edits.length > 0)
  const step = stepFor(`topic ${name}`, differences, canUpdate)
  if (step.outcome !== 'update') return step
  return {
    ...step,
    check: async () => {
      if (grows) await addPartitions(client, [{ name, count: partitions, assignment: null }], { validateOnly: true })
      if (edits.length > 0) await alterConfig(client, { kind: 'topic', name }, edits.map(edit), { validateOnly: true })
    },
    run: async () => {
      if (grows) await addPartitions(client, [{ name, count: partitions, assignment: null }])
      if (edits.length > 0) await alterConfig(client, { kind: 'topic', name }, edits.map(edit))
    },
  }
}

import { topicPartitionKey } from '../../base/topic-partition.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { alterConfig, type ResourceKind } from '../operations/configs.ts'
import { commitOffsets, committedOffsets } from '../operations/groups/group-offsets.ts'
import { addPartitions, createTopic } from '../operations/topics/change-topics.ts'
import { describeTopics } from '../operations/topics/describe-topics.ts'
import { listTopics } from '../operations/topics/list-topics.ts'
import { brokerConfigsOf, ConfigReader, topicConfigs } from './export-metadata.ts'
import {
  ALL_BROKERS,
  type Configs,
  type ConfigsByName,
  type GroupDocument,
  type MetadataDocument,
  type OffsetDocument,
  type TopicDocument,
} from './metadata-document.ts'

/** What an import finds and does about one thing. */
export interface ImportStep {
  /**
   * create: it is not there. same: it is there as it is wanted. update: it is there otherwise, and is made as it is wanted.
   * differs: it is there otherwise, and is left so. skip: nothing can be done about it.
   */
  readonly outcome: 'create' | 'same' | 'update' | 'differs' | 'skip'
  /** `topic orders` */
  readonly subject: string
  /** In words; empty where there is nothing to say. */
  readonly detail: string
  /** Has the cluster check it, without doing it; rejects with what it refuses. */
  readonly check?: () => Promise<void>
  readonly run?: () => Promise<void>
}

export interface ImportOptions {
  /** Whether what is there otherwise is changed. */
  readonly update: boolean
  /** In place of what topics had. */
  readonly replicationFactor: number | null
  /** Of which nothing is imported. */
  readonly skip: ReadonlySet<ImportKind>
}

export const IMPORT_KINDS = ['topics', 'configs', 'offsets'] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

const CLIENT_METRICS_SOURCE = 7
const GROUP_SOURCE = 8

/** What an import of the document would do to the cluster, in order. Nothing is changed. Errors: those of `ClusterClient`. */
export async function planImport(client: ClusterClient, document: MetadataDocument, options: ImportOptions): Promise<readonly ImportStep[]> {
  const steps: ImportStep[] = []
  if (!options.skip.has('topics')) steps.push(...(await topicSteps(client, document.topics, options)))
  if (!options.skip.has('configs')) steps.push(...(await configSteps(client, document, options)))
  if (!options.skip.has('offsets')) {
    const topics = new Map((await listTopics(client)).map(({ name, partitionCount }) => [name, partitionCount]))
    if (!options.skip.has('topics')) for (const { name, partitions } of document.topics) topics.set(name, Math.max(partitions, topics.get(name) ?? 0))
    for (const group of document.groups) steps.push(await groupStep(client, group, topics, options))
  }
  return steps
}

async function topicSteps(client: ClusterClient, topics: readonly TopicDocument[], options: ImportOptions): Promise<readonly ImportStep[]> {
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
      if (edits.length > 0) await alterConfig(client, { kind: 'topic', name }, edits.map(edit), { validateOnly: true })
    },
    run: async () => {
      if (grows) await addPartitions(client, [{ name, count: partitions, assignment: null }])
      if (edits.length > 0) await alterConfig(client, { kind: 'topic', name }, edits.map(edit))
    },
  }
}

async function configSteps(client: ClusterClient, document: MetadataDocument, options: ImportOptions): Promise<readonly ImportStep[]> {
  const reader = new ConfigReader(client)
  const brokers = await brokerConfigsOf(client, reader)
  const ids = new Set((await client.retry('describeCluster', () => client.brokers())).map(({ id }) => String(id)))
  const steps = Object.entries(document.brokerConfigs).map(([name, configs]) => {
    const isThere = name === ALL_BROKERS || ids.has(name)
    if (!isThere) return { outcome: 'skip', subject: `settings of broker ${name}`, detail: 'there is no such broker' } as const
    return configStep(client, { kind: 'broker', name: name === ALL_BROKERS ? '' : name, wanted: configs, there: brokers[name] ?? {} }, options)
  })
  for (const [kind, source, wanted] of [
    ['client-metrics', CLIENT_METRICS_SOURCE, document.clientMetrics],
    ['group', GROUP_SOURCE, document.groupConfigs],
  ] as const) {
    const there: ConfigsByName = await reader.read(kind, Object.keys(wanted), source)
    for (const [name, configs] of Object.entries(wanted)) steps.push(configStep(client, { kind, name, wanted: configs, there: there[name] ?? {} }, options))
  }
  return steps
}

interface ConfigToImport {
  readonly kind: ResourceKind
  /** Empty for all brokers. */
  readonly name: string
  readonly wanted: Configs
  readonly there: Configs
}

function configStep(client: ClusterClient, { kind, name, wanted, there }: ConfigToImport, { update }: ImportOptions): ImportStep {
  const edits = changed(wanted, there)
  const missing = edits.filter(([key]) => there[key] === undefined)
  const applied = update ? edits : missing
  const others = edits.filter((item) => !applied.includes(item)).map(([key, value]) => `${key}=${there[key]} and not ${value}`)
  const subject = kind === 'broker' && name === '' ? 'settings of all brokers' : `settings of ${kind} ${name}`
  if (applied.length === 0) return stepFor(subject, others, false)
  const resource = { kind, name }
  return {
    outcome: applied.length === missing.length ? 'create' : 'update',
    subject,
    detail: [...applied.map(([key, value]) => `${key}=${value}`), ...others.map((other) => `left as it is: ${other}`)].join(', '),
    check: () => alterConfig(client, resource, applied.map(edit), { validateOnly: true }),
    run: () => alterConfig(client, resource, applied.map(edit)),
  }
}

async function groupStep(
  client: ClusterClient,
  { groupId, offsets }: GroupDocument,
  topics: ReadonlyMap<string, number>,
  { update }: ImportOptions,
): Promise<ImportStep> {
  const subject = `group ${groupId}`
  const committed = await committedOffsets(client, groupId)
  const thereOf = ({ topic, partition }: OffsetDocument) => committed.get(topicPartitionKey(topic, partition))?.offset
  const possible = offsets.filter(({ topic, partition }) => partition < (topics.get(topic) ?? 0))
  const missing = possible.filter((wanted) => thereOf(wanted) === undefined)
  const others = possible.filter((wanted) => thereOf(wanted) !== undefined && thereOf(wanted) !== wanted.offset)
  const applied = update ? [...missing, ...others] : missing
  const left = update ? [] : others.map((wanted) => `${topicPartitionKey(wanted.topic, wanted.partition)} at ${thereOf(wanted)} and not ${wanted.offset}`)
  const absent = offsets.length - possible.length
  const notes = [...left, ...(absent === 0 ? [] : [`${absent} offsets of partitions that are not there`])]
  if (applied.length === 0)
    return offsets.length > 0 && possible.length === 0 ? { outcome: 'skip', subject, detail: notes.join(', ') } : stepFor(subject, notes, false)
  return {
    outcome: committed.size === 0 ? 'create' : 'update',
    subject,
    detail: [`${applied.length} offsets`, ...notes].join(', '),
    run: () => commitOffsets(client, groupId, applied),
  }
}

function stepFor(subject: string, differences: readonly string[], canUpdate: boolean): ImportStep {
  if (differences.length === 0) return { outcome: 'same', subject, detail: '' }
  return { outcome: canUpdate ? 'update' : 'differs', subject, detail: differences.join(', ') }
}

type Assignment = readonly [name: string, value: string]

function changed(wanted: Configs, there: Configs): readonly Assignment[] {
  return Object.entries(wanted).filter(([name, value]) => there[name] !== value)
}

function edit([name, value]: Assignment): { readonly name: string; readonly value: string } {
  return { name, value }
}

function assignments(configs: Configs): string[] {
  return Object.entries(configs).map(([name, value]) => `${name}=${value}`)
}

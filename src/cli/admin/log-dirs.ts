import type { Command } from '../command.ts'
import type { Broker } from '../operations/cluster/cluster-client.ts'
import type { LogDirectory } from '../operations/cluster/describe-log-dirs.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { errorFacts, type Printed, printTable } from './print.ts'

export const logDirsAction: Command = {
  name: 'cluster log-dirs',
  summary: 'Show the log directories of brokers: size, free space, and which replicas of topics are in them.',
  arguments: [{ name: 'TOPIC', optional: true, multiple: true, does: 'Show the replicas of these topics, each with its size and how far it is behind.' }],
  flags: { ...clusterFlags, ...jsonFlag, brokers: { value: '1,2,3', does: 'The brokers; all where not given.' } },
  examples: ['odradek cluster log-dirs', 'odradek cluster log-dirs orders --brokers 1,2'],
  async run(args, output) {
    const { describeLogDirs } = await import('../operations/cluster/describe-log-dirs.ts')
    const { shownBytes } = await import('../shown-bytes.ts')
    await using client = await clientFromFlags(args)
    const brokers = await client.retry('describeCluster', () => client.brokers())
    const directories = await describeLogDirs(client, chosen(brokers, args.value('brokers')))
    const topics = new Set(args.positional)
    const absent = [...topics].filter((topic) => !directories.some(({ logs }) => logs.some((log) => log.topic === topic)))
    if (absent.length > 0) throw await noReplicas(absent, args.value('brokers'))
    const shown = topics.size === 0 ? directories : directories.map((one) => ({ ...one, logs: one.logs.filter(({ topic }) => topics.has(topic)) }))
    const json = shown.map((one) => ({ ...one, error: one.error === null ? null : errorFacts(one.error) }))
    return printTable(args, output, { json, ...(topics.size === 0 ? directoryRows(shown, shownBytes) : replicaRows(shown, shownBytes)) })
  },
}

function chosen(brokers: readonly Broker[], text: string | undefined): readonly number[] {
  if (text === undefined) return brokers.map(({ id }) => id)
  return text.split(',').map((word) => {
    const found = brokers.find(({ id }) => String(id) === word)
    if (found === undefined) throw new UsageError(`The cluster has no broker ${word}: it has ${brokers.map(({ id }) => id).join(', ')}.`)
    return found.id
  })
}

async function noReplicas(topics: readonly string[], brokers: string | undefined): Promise<Error> {
  const { ErrorCode } = await import('../../../protocol/error-codes.ts')
  const { KafkaError } = await import('../operations/kafka-error.ts')
  const where = brokers === undefined ? 'no broker' : `none of the brokers ${brokers}`
  return new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Topic ${topics.join(', ')}: ${where} has a replica of it in a directory that can be read.`)
}

type Table = Omit<Printed, 'json'>

function directoryRows(directories: readonly LogDirectory[], shownBytes: (bytes: number) => string): Table {
  const size = (bytes: number | null) => (bytes === null ? '-' : shownBytes(bytes))
  const rows = directories.map((one) => [
    one.broker,
    one.path,
    one.error?.message ?? (one.isCordoned ? 'cordoned' : 'in use'),
    one.logs.length,
    shownBytes(one.logs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
    size(one.usableBytes),
    size(one.totalBytes),
  ])
  return { head: ['BROKER', 'DIRECTORY', 'STATE', 'LOGS', 'SIZE', 'FREE', 'VOLUME'], rows }
}

function replicaRows(directories: readonly LogDirectory[], shownBytes: (bytes: number) => string): Table {
  const rows = directories.flatMap(({ broker, path, logs }) =>
    logs.map(({ topic, partition, sizeBytes, offsetLag, isFuture }) => [
      topic,
      partition,
      broker,
      path,
      shownBytes(sizeBytes),
      offsetLag,
      isFuture ? 'copy' : 'log',
    ]),
  )
  return { head: ['TOPIC', 'PARTITION', 'BROKER', 'DIRECTORY', 'SIZE', 'BEHIND', 'IS'], rows: rows.toSorted(byTopicAndPartition) }
}

function byTopicAndPartition([topic = '', partition = 0]: Table['rows'][number], [otherTopic = '', otherPartition = 0]: Table['rows'][number]): number {
  return topic < otherTopic ? -1 : topic > otherTopic ? 1 : Number(partition) - Number(otherPartition)
}

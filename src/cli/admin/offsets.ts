import type { Command } from '../command.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { printTable } from './print.ts'

export const offsetsCommand: Command = {
  name: 'offsets',
  summary: 'Show the first and the last offset of partitions, or that of a time.',
  arguments: [{ name: 'TOPIC', multiple: true, does: 'Names of topics.' }],
  flags: { ...clusterFlags, ...jsonFlag, at: { value: 'TIME', does: 'The first record of this time or later, as 2026-01-31T13:45:00.000Z.' } },
  examples: ['odradek offsets orders', 'odradek offsets orders --at 2026-01-31T00:00:00.000Z'],
  async run(args, output) {
    const { listAllOffsets, OFFSET_AT } = await import('../operations/offsets/list-offsets.ts')
    const { describeTopics } = await import('../operations/topics/describe-topics.ts')
    const { topicPartitionKey } = await import('../../base/topic-partition.ts')
    const timestamp = await timeOf(args.value('at'))
    await using client = await clientFromFlags(args)
    const topics = await describeTopics(client, args.positional)
    const partitions = topics.flatMap((topic) => topic.partitions.map(({ partition }) => ({ topic: topic.name, partition })))
    const at = async (time: bigint) => {
      const offsets = await listAllOffsets(
        client,
        partitions.map((one) => ({ ...one, timestamp: time })),
      )
      return partitions.map(({ topic, partition }) => offsets.get(topicPartitionKey(topic, partition))?.offset ?? -1)
    }
    if (timestamp !== null) {
      const found = await at(timestamp)
      const json = partitions.map((one, index) => ({ ...one, offset: (found[index] ?? -1) < 0 ? null : found[index] }))
      return printTable(args, output, {
        json,
        head: ['TOPIC', 'PARTITION', 'OFFSET'],
        rows: json.map(({ topic, partition, offset }) => [topic, partition, offset ?? '-']),
      })
    }
    const [first, end] = [await at(OFFSET_AT.earliest), await at(OFFSET_AT.latest)]
    const json = partitions.map((one, index) => ({ ...one, first: first[index] ?? 0, end: end[index] ?? 0 }))
    const rows = json.map((one) => [one.topic, one.partition, one.first, one.end, one.end - one.first])
    return printTable(args, output, { json, head: ['TOPIC', 'PARTITION', 'FIRST', 'END', 'COUNT'], rows })
  },
}

async function timeOf(text: string | undefined): Promise<bigint | null> {
  if (text === undefined) return null
  const { DateTimeError, parseDateTime } = await import('../operations/parse-date-time.ts')
  try {
    return BigInt(parseDateTime(text))
  } catch (error) {
    if (error instanceof DateTimeError) throw new UsageError(`\`${text}\` is no time, such as 2026-01-31T13:45:00.000Z.`)
    throw error
  }
}

import { topicPartitionKey } from '../../../base/topic-partition.ts'
import type { Output } from '../../command.ts'
import type { KafkaProgram } from '../kafka-program.ts'
import { requireOptions } from '../options/checks.ts'
import { OptionError } from '../options/option-error.ts'
import { bootstrapOption, commandConfigOption } from '../options/option-table.ts'
import type { Options } from '../options/parse-options.ts'
import { offsetTimestamp, partitionFilter } from './offset-arguments.ts'

/** kafka-get-offsets. Source: org.apache.kafka.tools.GetOffsetShell of 4.3.1. */
export const kafkaGetOffsets: KafkaProgram = {
  name: 'kafka-get-offsets',
  summary: 'An interactive shell for getting topic-partition offsets.',
  options: {
    ...bootstrapOption,
    ...commandConfigOption,
    topic: { value: 'PATTERN', does: 'Topics; all where not given.' },
    partitions: { value: '0,1,2', does: 'Partitions of these topics; all where not given.' },
    'topic-partitions': { value: 'T1:1,T2:0-3,T3', does: 'Patterns of topics with partitions, in place of the two above: N, N-M without M, N-, -M.' },
    time: {
      value: 'TIME',
      default: 'latest',
      does: 'latest (-1), earliest (-2), max-timestamp (-3), earliest-local (-4), latest-tiered (-5), earliest-pending-upload (-6), or milliseconds: the first record of that time or later.',
    },
    'exclude-internal-topics': { does: 'Leave out internal topics.' },
  },
  examples: ['--bootstrap-server localhost:9092 --topic orders', '--bootstrap-server localhost:9092 --topic orders --time earliest'],
  async run(options, output) {
    requireOptions(options, 'bootstrap-server')
    await printOffsets(options, output)
    return 0
  },
  failed(error, output) {
    output.err(`Error occurred: ${error.message}\n`)
    if (!(error instanceof OptionError)) output.err(`${error.stack ?? ''}\n`)
  },
}

async function printOffsets(options: Options, output: Output): Promise<void> {
  const filter = partitionFilter(options)
  const timestamp = offsetTimestamp(options.value('time') ?? 'latest')
  const { adminClient } = await import('../admin-client.ts')
  const { listOffsets } = await import('../../operations/offsets/list-offsets.ts')
  const { partitionsOf } = await import('../../operations/topics/partitions-of.ts')
  const { KafkaError } = await import('../../operations/kafka-error.ts')
  await using client = adminClient(options, { clientId: 'GetOffsetShell' })
  const wanted = await partitionsOf(client, (topic) => filter.topic(topic, options.has('exclude-internal-topics')))
  const chosen = wanted.filter(filter.partition).map((one) => ({ ...one, key: topicPartitionKey(one.topic, one.partition), timestamp }))
  if (chosen.length === 0) throw new OptionError('Could not match any topic-partitions with the specified filters')
  const answers = await listOffsets(client, chosen)
  for (const { topic, partition, key } of chosen.toSorted((one, other) => (one.key < other.key ? -1 : 1))) {
    const answer = answers.get(key)
    if (answer instanceof KafkaError) output.err(`Skip getting offsets for topic-partition ${key} due to error: ${answer.javaName}: ${answer.message}\n`)
    else if (answer !== undefined && answer.offset >= 0) output.out(`${topic}:${partition}:${answer.offset}\n`)
  }
}

import type { Command } from '../command.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { PARTITIONS, partitionsOf } from './partition-arguments.ts'
import { printTable } from './print.ts'

export const producersAction: Command = {
  name: 'topics producers',
  summary: 'Show the idempotent producers that partitions remember, with their open transactions.',
  arguments: [{ name: PARTITIONS, multiple: true, does: 'Topics, or some of their partitions.' }],
  flags: { ...clusterFlags, ...jsonFlag },
  examples: ['odradek topics producers orders', 'odradek topics producers orders:0'],
  async run(args, output) {
    const { describeProducers } = await import('../operations/topics/describe-producers.ts')
    await using client = await clientFromFlags(args)
    const producers = await describeProducers(client, await partitionsOf(client, args.positional))
    const rows = producers.map((one) => [
      one.topic,
      one.partition,
      one.producerId,
      one.producerEpoch,
      one.lastSequence,
      one.lastTimestampMs === null ? '-' : new Date(one.lastTimestampMs).toISOString(),
      one.transactionStartOffset ?? '-',
    ])
    return printTable(args, output, { json: producers, head: ['TOPIC', 'PARTITION', 'PRODUCER', 'EPOCH', 'SEQUENCE', 'LAST WRITE', 'OPEN FROM'], rows })
  },
}

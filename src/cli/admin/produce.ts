import type { Command } from '../command.ts'
import { bootstrapOf, clusterFlags, propertiesFromFlags, withTimeout } from './cluster-flags.ts'

export const produceCommand: Command = {
  name: 'produce',
  summary: 'Write each line of standard input to a topic.',
  arguments: [{ name: 'TOPIC', does: 'Its name.' }],
  flags: {
    ...clusterFlags,
    'timeout-ms': { value: 'MS', does: 'How long to look for the topic, and to try each record, in milliseconds; 10000 and 120000 where not given.' },
    'key-separator': { value: 'TEXT', short: 'k', does: 'A line is a key, this, and a value.' },
    headers: { does: 'A line begins with headers, as h1:v1,h2:v2 and a tab.' },
    'null-marker': { value: 'TEXT', does: 'What stands for null.' },
    compression: { value: 'CODEC', short: 'z', does: 'none, gzip, snappy, lz4 or zstd.' },
    acks: { value: 'ACKS', does: 'Who must have a record before it counts as written: 0 nobody, 1 the leader, all those in sync.' },
    sync: { does: 'One record after the other; the first that fails ends it.' },
  },
  examples: ["printf 'hello\\n' | odradek produce greetings", "printf 'a:1\\n' | odradek produce greetings --key-separator :"],
  async run(args, output) {
    const { lineFormat } = await import('../operations/produce/line-records.ts')
    const { producerSettings } = await import('../operations/produce/producer-properties.ts')
    const { produceLines } = await import('../operations/produce/produce-lines.ts')
    const given = await propertiesFromFlags(args)
    const timeoutMs = args.value('timeout-ms')
    const [compression, acks] = [args.value('compression'), args.value('acks')]
    const properties = new Map([
      ['client.id', 'odradek-produce'],
      ...withTimeout(args, given, 'max.block.ms'),
      ...(timeoutMs === undefined ? [] : [['delivery.timeout.ms', timeoutMs] as const]),
      ...(compression === undefined ? [] : [['compression.type', compression] as const]),
      ...(acks === undefined ? [] : [['acks', acks] as const]),
    ])
    const [separator, marker] = [args.value('key-separator'), args.value('null-marker')]
    const format = new Map([
      ['parse.key', String(separator !== undefined)],
      ['parse.headers', String(args.has('headers'))],
      ...(separator === undefined ? [] : [['key.separator', separator] as const]),
      ...(marker === undefined ? [] : [['null.marker', marker] as const]),
    ])
    return produceLines({
      bootstrap: bootstrapOf(args, given),
      properties,
      settings: producerSettings(properties),
      topic: args.positional[0] ?? '',
      format: lineFormat(format),
      isSync: args.has('sync'),
      failsWithRecords: true,
      input: process.stdin,
      prompt: process.stdin.isTTY && process.stdout.isTTY ? '> ' : '',
      output,
    })
  },
}

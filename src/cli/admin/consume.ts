import type { Command } from '../command.ts'
import type { ConsumedRecord } from '../operations/consume/decode-records.ts'
import type { RecordSource } from '../operations/consume/print-records.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { bootstrapOf, clusterFlags, jsonFlag, propertiesFromFlags, wholeNumber, withTimeout } from './cluster-flags.ts'

export const consumeCommand: Command = {
  name: 'consume',
  summary: 'Print the records of a topic as they come.',
  arguments: [{ name: 'TOPIC', does: 'Its name.' }],
  flags: {
    ...clusterFlags,
    json: { ...jsonFlag.json, does: 'Print each record whole, as JSON on a line of its own.' },
    group: { value: 'ID', short: 'g', does: 'Join this group, and go on where it left off.' },
    'from-beginning': { short: 'a', does: 'Begin with the first record where there is no offset yet.' },
    partition: { value: 'NUMBER', short: 'p', does: 'One partition.' },
    offset: { value: 'OFFSET', short: 'o', does: 'Where to begin in it: a number, earliest or latest.' },
    count: { value: 'COUNT', short: 'n', does: 'End after so many records.' },
    'idle-ms': { value: 'MS', does: 'End when no record came for so long.' },
    key: { short: 'k', does: 'Print keys before values.' },
    'committed-only': { does: 'Leave out what transactions have not committed.' },
  },
  examples: [
    'odradek consume greetings --from-beginning --count 10',
    'odradek consume greetings --group readers',
    'odradek consume greetings --json --idle-ms 1000 -a',
  ],
  async run(args, output) {
    const { consumerSettings } = await import('../operations/consume/consumer-properties.ts')
    const { printRecords } = await import('../operations/consume/print-records.ts')
    const [topic = ''] = args.positional
    const given = await propertiesFromFlags(args)
    const partition = wholeNumber(args, 'partition', 0)
    const group = args.value('group')
    if (partition !== undefined && group !== undefined) throw new UsageError('`--partition` reads without a group: leave `--group` out.')
    if (partition === undefined && args.value('offset') !== undefined) throw new UsageError('`--offset` needs `--partition`.')
    const properties = new Map([
      ['auto.offset.reset', args.has('from-beginning') ? 'earliest' : 'latest'],
      ['enable.auto.commit', String(group !== undefined)],
      ...given,
      ...(args.has('committed-only') ? [['isolation.level', 'read_committed'] as const] : []),
    ])
    return printRecords({
      bootstrap: bootstrapOf(args, given),
      properties: withTimeout(args, new Map([['client.id', 'odradek-consume'], ...given]), 'default.api.timeout.ms'),
      settings: consumerSettings(properties, group ?? null),
      from: sourceOf(args, topic),
      maxRecords: wholeNumber(args, 'count') ?? null,
      timeoutMs: wholeNumber(args, 'idle-ms') ?? null,
      printer: args.has('json') ? asJson : (record) => asLine(record, args.has('key')),
      skipsErrors: false,
      isQuiet: true,
      output,
    })
  },
}

function sourceOf(args: Arguments, topic: string): RecordSource {
  const partition = wholeNumber(args, 'partition', 0)
  if (partition !== undefined) return { kind: 'partition', topic, partition, start: startOf(args) }
  if (args.value('group') !== undefined) return { kind: 'topic', topic, allowAutoCreate: false }
  return { kind: 'partitions', topic, start: args.has('from-beginning') ? 'earliest' : 'latest' }
}

function startOf(args: Arguments): number | 'earliest' | 'latest' {
  const text = args.value('offset') ?? (args.has('from-beginning') ? 'earliest' : 'latest')
  if (text === 'earliest' || text === 'latest') return text
  if (/^[0-9]{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`\`--offset\` is a number, earliest or latest, not \`${text}\`.`)
}

function asLine({ key, value }: ConsumedRecord, withKey: boolean): Uint8Array {
  const text = (bytes: Buffer | null) => bytes ?? Buffer.from('null')
  return Buffer.concat([...(withKey ? [text(key), Buffer.from('\t')] : []), text(value), Buffer.from('\n')])
}

/** Bytes that are no UTF-8 text stand as base64. */
function asJson({ topic, partition, offset, timestamp, key, value, headers }: ConsumedRecord): Uint8Array {
  const shown = headers.map((header) => ({ key: header.key, value: textOf(header.value) }))
  return Buffer.from(`${JSON.stringify({ topic, partition, offset, timestamp: Number(timestamp), key: textOf(key), value: textOf(value), headers: shown })}\n`)
}

function textOf(bytes: Buffer | null): string | { readonly base64: string } | null {
  if (bytes === null) return null
  const text = bytes.toString()
  return Buffer.from(text).equals(bytes) ? text : { base64: bytes.toString('base64') }
}

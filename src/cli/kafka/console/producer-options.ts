import { bootstrapOption, type OptionTable } from '../options/option-table.ts'
import type { Options } from '../options/parse-options.ts'

export const producerOptions: OptionTable = {
  ...bootstrapOption,
  topic: { value: 'NAME', does: 'The topic to write to.' },
  sync: { does: 'Send one record after the other, each when the one before is acknowledged.' },
  'compression-codec': { value: 'CODEC', valueIsOptional: true, does: 'none, gzip, snappy, lz4 or zstd; gzip without a value.' },
  'reader-property': {
    value: 'NAME=VALUE',
    does: 'parse.key, parse.headers, key.separator, headers.delimiter, headers.separator, headers.key.separator, ignore.error, null.marker.',
  },
  'reader-config': { value: 'FILE', does: 'A file of the same properties.' },
  property: { value: 'NAME=VALUE', does: 'The old name of --reader-property.' },
  'line-reader': { value: 'CLASS', default: 'org.apache.kafka.tools.LineMessageReader', does: 'LineMessageReader: each line of standard input is a record.' },
  'command-property': { value: 'NAME=VALUE', does: 'A property of the producer.' },
  'command-config': { value: 'FILE', does: 'A file of properties of the producer.' },
  'producer-property': { value: 'NAME=VALUE', does: 'The old name of --command-property.' },
  'producer.config': { value: 'FILE', does: 'The old name of --command-config.' },
  'request-required-acks': {
    value: 'ACKS',
    default: '-1',
    does: 'Who must have a record before it counts as written: 0 nobody, 1 the leader, all (-1) those in sync.',
  },
  timeout: { value: 'MS', type: 'long', default: '1000', does: 'How long a record waits for others to go with it (linger.ms).' },
  'batch-size': { value: 'BYTES', type: 'int', default: '16384', does: 'Bytes of a batch (batch.size).' },
  'max-partition-memory-bytes': { value: 'BYTES', type: 'int', default: '16384', does: 'The same, and stands over --batch-size.' },
  'max-memory-bytes': { value: 'BYTES', type: 'long', default: '33554432', does: 'Bytes that may wait (buffer.memory).' },
  'message-send-max-retries': { value: 'COUNT', type: 'int', default: '3', does: 'How often sending is tried again (retries).' },
  'retry-backoff-ms': { value: 'MS', type: 'long', default: '100', does: 'How long before that (retry.backoff.ms).' },
  'request-timeout-ms': { value: 'MS', type: 'int', default: '1500', does: 'How long an answer may take (request.timeout.ms).' },
  'max-block-ms': { value: 'MS', type: 'long', default: '60000', does: 'How long the topic may be unknown (max.block.ms).' },
  'metadata-expiry-ms': { value: 'MS', type: 'long', default: '300000', does: 'Accepted: metadata are asked for when they are found to be old.' },
  'socket-buffer-size': { value: 'BYTES', type: 'int', default: '102400', does: 'Accepted: the system chooses.' },
}

const PROPERTIES: readonly (readonly [string, string])[] = [
  ['timeout', 'linger.ms'],
  ['request-required-acks', 'acks'],
  ['request-timeout-ms', 'request.timeout.ms'],
  ['message-send-max-retries', 'retries'],
  ['retry-backoff-ms', 'retry.backoff.ms'],
  ['max-memory-bytes', 'buffer.memory'],
  ['batch-size', 'batch.size'],
  ['max-partition-memory-bytes', 'batch.size'],
  ['max-block-ms', 'max.block.ms'],
]

/** The properties with what options say above them, and what they leave open below. Errors: `OptionError` for numbers that are none. */
export function mergedProperties(options: Options, properties: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const merged = new Map(properties)
  for (const [option, property] of PROPERTIES) {
    if (options.has(option) || !merged.has(property)) merged.set(property, textOf(options, option))
  }
  merged.set('compression.type', options.has('compression-codec') ? options.value('compression-codec') || 'gzip' : 'none')
  return merged
}

function textOf(options: Options, option: string): string {
  return producerOptions[option]?.type === undefined ? (options.value(option) ?? '') : String(options.number(option) ?? '')
}

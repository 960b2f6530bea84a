import type { ConsumedRecord } from './decode-records.ts'
import { type Deserializer, deserializerNamed } from './deserializers.ts'

/** What is printed of a record, by Kafka's names of the properties. Source: org.apache.kafka.tools.consumer.DefaultMessageFormatter of 4.3.1. */
export interface RecordFormat {
  readonly timestamp: boolean
  readonly partition: boolean
  readonly offset: boolean
  readonly delivery: boolean
  readonly epoch: boolean
  readonly headers: boolean
  readonly key: boolean
  readonly value: boolean
  readonly separator: Buffer
  readonly lineEnd: Buffer
  readonly headersSeparator: Buffer
  readonly nullLiteral: Buffer
  readonly keyText: Deserializer | null
  readonly valueText: Deserializer | null
  readonly headerText: Deserializer | null
}

/** @param onUnknown is told of deserializers that are not here: bytes are printed as they are then */
export function recordFormat(properties: ReadonlyMap<string, string>, onUnknown: (name: string) => void): RecordFormat {
  const isTrue = (name: string, standard = false) => (properties.has(name) ? properties.get(name)?.trim().toLowerCase() === 'true' : standard)
  const bytes = (name: string, standard: string) => Buffer.from(properties.get(name) ?? standard)
  const text = (name: string) => {
    const wanted = properties.get(name)
    const found = wanted === undefined ? null : deserializerNamed(wanted)
    if (wanted !== undefined && found === null) onUnknown(wanted)
    return found
  }
  return {
    timestamp: isTrue('print.timestamp'),
    partition: isTrue('print.partition'),
    offset: isTrue('print.offset'),
    delivery: isTrue('print.delivery'),
    epoch: isTrue('print.epoch'),
    headers: isTrue('print.headers'),
    key: isTrue('print.key'),
    value: isTrue('print.value', true),
    separator: bytes('key.separator', '\t'),
    lineEnd: bytes('line.separator', '\n'),
    headersSeparator: bytes('headers.separator', ','),
    nullLiteral: bytes('null.literal', 'null'),
    keyText: text('key.deserializer'),
    valueText: text('value.deserializer'),
    headerText: text('headers.deserializer'),
  }
}

/** The bytes of a line for a record. Errors: `DeserializationError`. */
export function formattedRecord(record: ConsumedRecord, format: RecordFormat): Buffer {
  const shown = (bytes: Buffer | null, text: Deserializer | null) => {
    const known = bytes ?? format.nullLiteral
    return text === null ? known : Buffer.from(text(known))
  }
  const columns: Buffer[] = []
  if (format.timestamp) columns.push(Buffer.from(`${record.timestampType}:${record.timestamp}`))
  if (format.partition) columns.push(Buffer.from(`Partition:${record.partition}`))
  if (format.offset) columns.push(Buffer.from(`Offset:${record.offset}`))
  // Kafka's program does not hand it on.
  if (format.epoch) columns.push(Buffer.from('Epoch:NOT_PRESENT'))
  if (format.delivery) columns.push(Buffer.from('Delivery:NONE'))
  if (format.headers) columns.push(headersColumn(record, format, shown))
  if (format.key) columns.push(shown(record.key, format.keyText))
  if (format.value) columns.push(shown(record.value, format.valueText))
  if (columns.length === 0) return Buffer.alloc(0)
  return Buffer.concat([...columns.flatMap((column, index) => (index === 0 ? [column] : [format.separator, column])), format.lineEnd])
}

function headersColumn(
  { headers }: ConsumedRecord,
  { headersSeparator, headerText }: RecordFormat,
  shown: (bytes: Buffer | null, text: Deserializer | null) => Buffer,
): Buffer {
  if (headers.length === 0) return Buffer.from('NO_HEADERS')
  const parts = headers.map(({ key, value }) => Buffer.concat([Buffer.from(`${key}:`), shown(value, headerText)]))
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [headersSeparator, part])))
}

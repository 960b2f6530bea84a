import { OdradekError } from '../../../base/errors.ts'
import { nodeRandom } from '../../../platform/node-random.ts'
import type { ExitCode, Output } from '../../command.ts'
import type { ClientProperties } from '../cluster/client-properties.ts'
import { openClient } from '../cluster/open-client.ts'
import { KafkaError } from '../kafka-error.ts'
import { inputLines } from './input-lines.ts'
import { LineError, type LineFormat, lineRecord } from './line-records.ts'
import type { OutgoingRecord } from './outgoing-record.ts'
import { Producer } from './producer.ts'
import type { ProducerSettings } from './producer-settings.ts'

export interface ProduceOptions {
  readonly bootstrap: string
  readonly properties: ClientProperties
  readonly settings: ProducerSettings
  readonly topic: string
  readonly format: LineFormat
  /** One after the other; the first that fails ends it all. */
  readonly isSync: boolean
  /** Records that were refused make the exit code 1; Kafka's program tells of them and ends with 0. */
  readonly failsWithRecords: boolean
  readonly input: AsyncIterable<Buffer | string>
  /** Printed before each line. */
  readonly prompt: string
  readonly output: Output
}

/** Sends each line. Records that fail are told of, and the rest is sent. @returns 1 where a line is none, a record fails with `isSync`, or one failed and that counts */
export async function produceLines(options: ProduceOptions): Promise<ExitCode> {
  const { bootstrap, properties, settings, topic, output } = options
  await using client = openClient({ bootstrap, properties, clientId: 'console-producer', apiTimeoutMs: settings.maxBlockMs })
  await using producer = new Producer(client, topic, settings, nodeRandom)
  let lineNumber = 1
  let failedCount = 0
  const failed = (record: OutgoingRecord, error: unknown) => {
    failedCount++
    tell(topic, record, error, output)
  }
  if (options.prompt !== '') output.out(options.prompt)
  try {
    for await (const line of inputLines(options.input)) {
      const record = lineRecord(line, lineNumber++, options.format)
      await producer.room()
      if (options.isSync) await producer.send(record)
      else void producer.send(record).catch((error: unknown) => failed(record, error))
      if (options.prompt !== '') output.out(options.prompt)
    }
    await producer.flush()
  } catch (error) {
    if (!(error instanceof LineError || error instanceof OdradekError)) throw error
    output.err(`${sentenceOf(error)}\n`)
    return 1
  }
  return failedCount > 0 && options.failsWithRecords ? 1 : 0
}

/** As Java's producer logs it. */
function tell(topic: string, { key, value }: OutgoingRecord, error: unknown, output: Output): void {
  if (!(error instanceof Error)) throw error
  const size = (bytes: Uint8Array | null) => (bytes === null ? 'null' : `${bytes.length} bytes`)
  output.err(`ERROR Error when sending message to topic ${topic} with key: ${size(key)}, value: ${size(value)} with error:\n${sentenceOf(error)}\n`)
}

/** As Java writes an exception; behind it what kept coming back until the time was over. */
function sentenceOf(error: Error): string {
  const { cause } = error
  return `${nameOf(error)}: ${error.message}${cause instanceof OdradekError ? ` (${cause.message})` : ''}`
}

function nameOf(error: Error): string {
  if (error instanceof KafkaError) return error.javaName
  return error instanceof LineError ? 'org.apache.kafka.common.KafkaException' : error.name
}

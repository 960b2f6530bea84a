import { DecodeError } from '../../../../protocol/errors.ts'
import { OdradekError } from '../../../base/errors.ts'
import type { ExitCode, Output } from '../../command.ts'
import { GatheredOutput } from '../../gathered-output.ts'
import { exitCodeOf, watchStopSignals } from '../../stop-signals.ts'
import type { ClientProperties } from '../cluster/client-properties.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { openClient } from '../cluster/open-client.ts'
import { describeTopics } from '../topics/describe-topics.ts'
import { topicFilter } from '../topics/topic-names.ts'
import { unlessAborted } from '../within.ts'
import { Consumer } from './consumer.ts'
import type { ConsumerSettings } from './consumer-settings.ts'
import type { ConsumedRecord } from './decode-records.ts'
import { oneTopic, topicsByPattern } from './wanted-topics.ts'

/** The bytes that are printed for a record; none for nothing. */
export type RecordPrinter = (record: ConsumedRecord) => Uint8Array

export type RecordSource =
  | { readonly kind: 'topic'; readonly topic: string; readonly allowAutoCreate: boolean }
  | { readonly kind: 'pattern'; readonly pattern: string }
  /** Every partition that it has now, whoever else reads it. */
  | { readonly kind: 'partitions'; readonly topic: string; readonly start: 'earliest' | 'latest' }
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number; readonly start: number | 'earliest' | 'latest' }

export interface PrintOptions {
  readonly bootstrap: string
  readonly properties: ClientProperties
  readonly settings: ConsumerSettings
  readonly from: RecordSource
  /** null for no end. */
  readonly maxRecords: number | null
  /** The end, when none came for so long; null for never. */
  readonly timeoutMs: number | null
  /** That end is what was asked for, and is not spoken of; nor is how many there were. */
  readonly isQuiet?: boolean
  readonly printer: RecordPrinter
  /** Records that cannot be printed are passed over. */
  readonly skipsErrors: boolean
  readonly output: Output
  /** When all is over. */
  onEnd?(): void
}

/** Where a wait has no end, it is looked at now and then, in milliseconds. */
const ENDLESS_MS = 3_600_000

/** Prints records until there are enough, none comes any more, or a signal ends it; the group is left in order. */
export async function printRecords(options: PrintOptions): Promise<ExitCode> {
  const { bootstrap, properties, settings, output } = options
  await using client = openClient({ bootstrap, properties, clientId: 'console-consumer' })
  const stopping = new AbortController()
  using signals = watchStopSignals(exitCodeOf)
  let exit: ExitCode = 0
  void signals.first.then((signal) => {
    exit = exitCodeOf(signal)
    stopping.abort()
  })
  const printed = { count: 0 }
  try {
    await using consumer = new Consumer(client, settings)
    await unlessAborted(stopping.signal, begin(consumer, client, options.from))
    const end = await printAll(consumer, options, stopping.signal, printed)
    await consumer.close()
    if (end === 'idle' && options.isQuiet !== true) tell(TIMED_OUT, options)
  } catch (error) {
    if (error !== stopping.signal.reason) tellFailure(error, options)
  }
  if (options.isQuiet !== true) output.err(`Processed a total of ${printed.count} messages\n`)
  options.onEnd?.()
  return exit
}

const TIMED_OUT = 'org.apache.kafka.common.errors.TimeoutException'

/** @param printed counts */
async function printAll(consumer: Consumer, options: PrintOptions, signal: AbortSignal, printed: { count: number }): Promise<'enough' | 'idle' | 'stopped'> {
  using gathered = new GatheredOutput(options.output)
  while (options.maxRecords === null || printed.count < options.maxRecords) {
    const record = await consumer.next(options.timeoutMs ?? ENDLESS_MS, signal)
    if (record !== null) {
      printed.count++
      print(record, options, gathered)
    } else if (signal.aborted) return 'stopped'
    else if (options.timeoutMs !== null) return 'idle'
  }
  return 'enough'
}

/** Throws what is no failure that is expected. */
function tellFailure(error: unknown, options: PrintOptions): void {
  if (options.isQuiet === true || !(error instanceof OdradekError || error instanceof DecodeError)) throw error
  tell(error.message, options)
}

function tell(message: string, { output }: PrintOptions): void {
  output.err(`ERROR Error processing message, terminating consumer process: ${message}\n`)
}

async function begin(consumer: Consumer, client: ClusterClient, from: RecordSource): Promise<void> {
  switch (from.kind) {
    case 'topic':
      return consumer.subscribe(oneTopic(client, from.topic, from.allowAutoCreate))
    case 'pattern':
      return consumer.subscribe(topicsByPattern(client, topicFilter(from.pattern)))
    case 'partitions': {
      const topics = await describeTopics(client, [from.topic])
      const partitions = topics.flatMap((topic) => topic.partitions)
      return consumer.assign(partitions.map(({ partition }) => ({ topic: from.topic, partition, from: from.start })))
    }
    case 'partition':
      return consumer.assign([{ topic: from.topic, partition: from.partition, from: from.start }])
  }
}

function print(record: ConsumedRecord, { printer, skipsErrors, output }: PrintOptions, gathered: GatheredOutput): void {
  try {
    gathered.write(printer(record))
  } catch (error) {
    if (!skipsErrors || !(error instanceof Error)) throw error
    output.err(`ERROR Error processing message, skipping this message: ${error.message}\n`)
  }
}

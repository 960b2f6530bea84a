import type { ExitCode, Output } from '../../command.ts'
import type { KafkaProgram } from '../kafka-program.ts'
import { OptionError } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'
import { usageOf } from '../options/usage.ts'
import { checkConsumerOptions, consumerOptions, groupOf, startOf } from './consumer-options.ts'

/** kafka-console-consumer. Source: org.apache.kafka.tools.consumer.ConsoleConsumer of 4.3.1. */
export const kafkaConsoleConsumer: KafkaProgram = {
  name: 'kafka-console-consumer',
  summary: 'Prints the records of topics.',
  options: consumerOptions,
  examples: [
    '--bootstrap-server localhost:9092 --topic orders --from-beginning',
    '--bootstrap-server localhost:9092 --topic orders --group billing --formatter-property print.key=true',
    '--bootstrap-server localhost:9092 --topic orders --partition 0 --offset 42 --max-messages 1',
  ],
  async run(options, output) {
    checkConsumerOptions(options)
    return consume(options, output)
  },
  failed(error, output) {
    output.err(error instanceof OptionError ? `${error.message}\n${usageOf(this)}` : `${error.message}\n`)
  },
}

async function consume(options: Options, output: Output): Promise<ExitCode> {
  const { keyValues, propertiesOf, renamedValues } = await import('./deprecated-options.ts')
  const { readClientProperties } = await import('../../operations/cluster/client-properties.ts')
  const { printRecords } = await import('../../operations/consume/print-records.ts')
  const { printerOf } = await import('./printers.ts')
  const properties = propertiesOf(
    options,
    { file: { old: 'consumer.config', name: 'command-config' }, single: { old: 'consumer-property', name: 'command-property' } },
    output,
  )
  const groupId = groupOf(options, [properties])
  const settings = await settingsOf(options, properties, groupId)
  const file = options.value('formatter-config')
  const format = new Map([
    ...(file === null ? [] : readClientProperties(file)),
    ...named(options, 'key-deserializer', 'key.deserializer'),
    ...named(options, 'value-deserializer', 'value.deserializer'),
    ...keyValues(renamedValues(options, { old: 'property', name: 'formatter-property' }, output)),
  ])
  const printer = printerOf(options.value('formatter') ?? '', format, output)
  const maxMessages = options.number('max-messages')
  return printRecords({
    bootstrap: options.value('bootstrap-server') ?? '',
    properties: new Map([['client.id', 'console-consumer'], ...properties]),
    settings,
    from: sourceOf(options, properties),
    maxRecords: maxMessages === null || maxMessages === -1 ? null : maxMessages,
    timeoutMs: timeoutOf(options),
    printer,
    skipsErrors: options.has('skip-message-on-error'),
    output,
    onEnd: () => {
      if (options.has('enable-systest-events')) output.out('shutdown_complete\n')
    },
  })
}

const GROUPS = 100_000

async function settingsOf(options: Options, properties: ReadonlyMap<string, string>, groupId: string | null) {
  const { consumerSettings } = await import('../../operations/consume/consumer-properties.ts')
  const { nodeRandom } = await import('../../../platform/node-random.ts')
  const reset = properties.get('auto.offset.reset')
  if (options.has('from-beginning') && reset !== undefined && reset !== 'earliest')
    throw new OptionError(`Can't simultaneously specify --from-beginning and 'auto.offset.reset=${reset}', please remove one option`)
  const isolation = options.has('isolation-level') ? options.value('isolation-level') : (properties.get('isolation.level') ?? 'read_uncommitted')
  const all = new Map([
    ...(groupId === null ? [['enable.auto.commit', 'false'] as const] : []),
    ['auto.offset.reset', options.has('from-beginning') ? 'earliest' : 'latest'] as const,
    ...properties,
    ['isolation.level', isolation ?? ''] as const,
  ])
  // A group of its own, under a name that is hardly another's.
  return consumerSettings(all, options.has('partition') ? null : (groupId ?? `console-consumer-${nodeRandom.below(GROUPS)}`))
}

function sourceOf(options: Options, properties: ReadonlyMap<string, string>) {
  const topic = options.value('topic')
  const partition = options.number('partition')
  if (topic === null) return { kind: 'pattern' as const, pattern: options.value('include') ?? '' }
  if (partition !== null) return { kind: 'partition' as const, topic, partition, start: startOf(options) }
  return { kind: 'topic' as const, topic, allowAutoCreate: properties.get('allow.auto.create.topics') !== 'false' }
}

function timeoutOf(options: Options): number | null {
  const timeoutMs = options.number('timeout-ms')
  return timeoutMs === null || timeoutMs < 0 ? null : timeoutMs
}

function named(options: Options, option: string, property: string): [string, string][] {
  const value = options.value(option)
  return value === null || value === '' ? [] : [[property, value]]
}

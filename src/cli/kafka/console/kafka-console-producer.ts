import type { ExitCode, Output } from '../../command.ts'
import type { KafkaProgram } from '../kafka-program.ts'
import { requireOptions } from '../options/checks.ts'
import { OptionError, UsageExit } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'
import { usageOf } from '../options/usage.ts'
import { mergedProperties, producerOptions } from './producer-options.ts'

const READERS = ['org.apache.kafka.tools.LineMessageReader', 'LineMessageReader']

/** kafka-console-producer. Source: org.apache.kafka.tools.ConsoleProducer of 4.3.1. */
export const kafkaConsoleProducer: KafkaProgram = {
  name: 'kafka-console-producer',
  summary: 'Writes each line of standard input to a topic.',
  options: producerOptions,
  examples: [
    '--bootstrap-server localhost:9092 --topic orders',
    '--bootstrap-server localhost:9092 --topic orders --reader-property parse.key=true --reader-property key.separator=:',
  ],
  async run(options, output) {
    if (!options.has('bootstrap-server')) throw new OptionError('Missing required option(s) [bootstrap-server]')
    requireOptions(options, 'topic')
    return produce(options, output)
  },
  failed(error, output) {
    output.err(error instanceof OptionError ? `${error.message}\n${usageOf(this)}` : `${error.message}\n`)
  },
}

async function produce(options: Options, output: Output): Promise<ExitCode> {
  const { keyValues, propertiesOf, renamedValues } = await import('./deprecated-options.ts')
  const { readClientProperties } = await import('../../operations/cluster/client-properties.ts')
  const { lineFormat } = await import('../../operations/produce/line-records.ts')
  const { producerSettings } = await import('../../operations/produce/producer-properties.ts')
  const { produceLines } = await import('../../operations/produce/produce-lines.ts')
  const reader = options.value('line-reader') ?? ''
  if (!READERS.includes(reader)) throw new UsageExit(`${reader} is not here: LineMessageReader is.`)
  const given = propertiesOf(
    options,
    { file: { old: 'producer.config', name: 'command-config' }, single: { old: 'producer-property', name: 'command-property' } },
    output,
    'Warning:',
  )
  const properties = new Map([['client.id', 'console-producer'], ...mergedProperties(options, given)])
  const file = options.value('reader-config')
  const format = lineFormat(
    new Map([
      ...(file === null ? [] : readClientProperties(file)),
      ...keyValues(renamedValues(options, { old: 'property', name: 'reader-property' }, output, 'Warning:')),
    ]),
  )
  return produceLines({
    bootstrap: options.value('bootstrap-server') ?? '',
    properties,
    settings: producerSettings(properties),
    topic: options.value('topic') ?? '',
    format,
    isSync: options.has('sync'),
    failsWithRecords: false,
    input: process.stdin,
    prompt: process.stdin.isTTY && process.stdout.isTTY ? '>' : '',
    output,
  })
}

import { requireOptions } from '../options/checks.ts'
import { UsageExit } from '../options/option-error.ts'
import { bootstrapOption, type OptionTable } from '../options/option-table.ts'
import type { Options } from '../options/parse-options.ts'

export const consumerOptions: OptionTable = {
  ...bootstrapOption,
  topic: { value: 'NAME', does: 'The topic to read.' },
  include: { value: 'PATTERN', does: 'Topics to read, as a pattern of names.' },
  partition: { value: 'NUMBER', type: 'int', does: 'One partition of the topic, from its end unless --offset or --from-beginning says otherwise.' },
  offset: { value: 'OFFSET', default: 'latest', does: 'Where to begin in the partition: a number, earliest or latest.' },
  'from-beginning': { does: 'Begin with the first record where the group has no offset yet.' },
  'max-messages': { value: 'COUNT', type: 'int', does: 'End after so many records.' },
  'timeout-ms': { value: 'MS', type: 'long', does: 'End when no record came for so long.' },
  group: { value: 'ID', does: 'The group to join; one of its own where not given.' },
  'isolation-level': { value: 'LEVEL', default: 'read_uncommitted', does: 'read_committed leaves out what transactions have not committed.' },
  formatter: {
    value: 'CLASS',
    default: 'org.apache.kafka.tools.consumer.DefaultMessageFormatter',
    does: 'DefaultMessageFormatter, LoggingMessageFormatter or NoOpMessageFormatter, with or without the package.',
  },
  'formatter-property': {
    value: 'NAME=VALUE',
    does: 'print.timestamp, print.key, print.offset, print.epoch, print.partition, print.headers, print.value, key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer.',
  },
  'formatter-config': { value: 'FILE', does: 'A file of the same properties.' },
  property: { value: 'NAME=VALUE', does: 'The old name of --formatter-property.' },
  'key-deserializer': { value: 'CLASS', does: "How keys are read: one of Java's deserializers of strings and numbers." },
  'value-deserializer': { value: 'CLASS', does: 'How values are read.' },
  'command-property': { value: 'NAME=VALUE', does: 'A property of the consumer.' },
  'command-config': { value: 'FILE', does: 'A file of properties of the consumer.' },
  'consumer-property': { value: 'NAME=VALUE', does: 'The old name of --command-property.' },
  'consumer.config': { value: 'FILE', does: 'The old name of --command-config.' },
  'skip-message-on-error': { does: 'Go on when a record cannot be printed.' },
  'enable-systest-events': { does: 'Print when the consumer has shut down.' },
}

/** Errors: `UsageExit` for options that do not go together. */
export function checkConsumerOptions(options: Options): void {
  if (options.has('topic') === options.has('include')) throw new UsageExit('Exactly one of the following arguments is required: [topic], [include]')
  if (options.has('partition')) {
    if (!options.has('topic')) throw new UsageExit('The topic is required when partition is specified.')
    if (options.has('from-beginning') && options.has('offset')) throw new UsageExit('Options from-beginning and offset cannot be specified together.')
  } else if (options.has('offset')) {
    throw new UsageExit('The partition is required when offset is specified.')
  }
  requireOptions(options, 'bootstrap-server')
}

/** Where to begin in one partition. Errors: `UsageExit`. */
export function startOf(options: Options): number | 'earliest' | 'latest' {
  if (!options.has('offset')) return options.has('from-beginning') ? 'earliest' : 'latest'
  const text = options.value('offset') ?? ''
  const name = text.toLowerCase()
  if (name === 'earliest' || name === 'latest') return name
  if (/^\+?[0-9]{1,18}$/.test(text)) return Number(text)
  throw new UsageExit(`The provided offset value '${text}' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.`)
}

/** The group that is named, in whichever place; null for none. Errors: `UsageExit` for several, and beside a partition. */
export function groupOf(options: Options, places: readonly ReadonlyMap<string, string>[]): string | null {
  const named = [options.value('group'), ...places.map((place) => place.get('group.id'))].filter((group) => group !== undefined && group !== null)
  const groups = new Set(named)
  if (groups.size > 1) {
    const shown = [...groups].map((group) => `'${group}'`).join(', ')
    throw new UsageExit(
      `The group ids provided in different places (directly using '--group', via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: ${shown}`,
    )
  }
  if (groups.size > 0 && options.has('partition')) throw new UsageExit('Options group and partition cannot be specified together.')
  return [...groups][0] ?? null
}

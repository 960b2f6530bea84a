import { forbidBeside, requireOptions } from '../options/checks.ts'
import { UsageExit } from '../options/option-error.ts'
import { bootstrapOption, commandConfigOption, type OptionTable } from '../options/option-table.ts'
import type { Options } from '../options/parse-options.ts'
import { UserError } from '../user-error.ts'

export const topicOptions: OptionTable = {
  ...bootstrapOption,
  ...commandConfigOption,
  list: { does: 'List topics.' },
  create: { does: 'Make a topic.' },
  delete: { does: 'Delete topics.' },
  alter: { does: 'Add partitions to topics.' },
  describe: { does: 'Show partitions and settings of topics.' },
  topic: { value: 'NAME', does: 'The topic; a pattern of names with all but --create.' },
  'topic-id': { value: 'ID', does: 'The topic to describe, by its id.' },
  config: { value: 'NAME=VALUE', does: 'A setting of the topic that is made; any number of times.' },
  'delete-config': { value: 'NAME', does: 'Does nothing any more: kafka-configs takes settings away.' },
  partitions: { value: 'COUNT', type: 'int', does: 'Partitions of the topic that is made, or shall be there in the end.' },
  'replication-factor': { value: 'COUNT', type: 'int', does: 'Replicas of each partition.' },
  'replica-assignment': { value: '1:2,2:3', does: 'Brokers of each partition, in place of the two above.' },
  'under-replicated-partitions': { does: 'Describe only partitions that have replicas out of sync.' },
  'unavailable-partitions': { does: 'Describe only partitions whose leader is not there.' },
  'under-min-isr-partitions': { does: 'Describe only partitions with fewer replicas in sync than min.insync.replicas.' },
  'at-min-isr-partitions': { does: 'Describe only partitions with just min.insync.replicas in sync.' },
  'topics-with-overrides': { does: 'Describe only topics that have settings of their own.' },
  'if-exists': { does: 'Do nothing where the topic is not there.' },
  'if-not-exists': { does: 'Do nothing where the topic is there.' },
  'exclude-internal': { does: 'Leave out internal topics.' },
  'partition-size-limit-per-response': { value: 'COUNT', type: 'int', does: 'Partitions that the broker tells of at a time.' },
}

const ACTIONS = ['alter', 'create', 'describe', 'list', 'delete']
const REPORTS = ['under-replicated-partitions', 'under-min-isr-partitions', 'at-min-isr-partitions', 'unavailable-partitions']
/** With which actions an option goes. */
const GOES_WITH: Readonly<Record<string, readonly string[]>> = {
  config: ['alter', 'create'],
  partitions: ['alter', 'create'],
  'replication-factor': ['create'],
  'replica-assignment': ['alter', 'create'],
  'topics-with-overrides': ['describe'],
  'if-exists': ['alter', 'delete', 'describe'],
  'if-not-exists': ['create'],
  'exclude-internal': ['list', 'describe'],
}
const ALTER_CONFIGS = ' (To alter topic configurations, the kafka-configs tool can be used.)'

export type TopicAction = 'alter' | 'create' | 'describe' | 'list' | 'delete'

/** The one action that is asked for. Errors: `UsageExit` for options that do not go together. */
export function topicAction(options: Options): TopicAction {
  const [action, ...others] = ACTIONS.filter((name) => options.has(name))
  if (action === undefined || others.length > 0)
    throw new UsageExit('Command must include exactly one action: --list, --describe, --create, --alter or --delete')
  if (!options.has('bootstrap-server')) throw new UserError('--bootstrap-server must be specified')
  checkRequired(options)
  checkTogether(options)
  return action as TopicAction
}

function checkRequired(options: Options): void {
  if (options.has('describe') && options.has('if-exists') && !options.has('topic') && !options.has('topic-id'))
    throw new UsageExit('--topic or --topic-id is required to describe a topic')
  if (!options.has('list') && !options.has('describe')) requireOptions(options, 'topic')
  if (!options.has('alter')) return
  if (options.has('config')) throw new UsageExit(`Option combination "[[bootstrap-server], [config]]" can't be used with option "[alter]"${ALTER_CONFIGS}`)
  requireOptions(options, 'partitions')
}

function checkTogether(options: Options): void {
  for (const [option, actions] of Object.entries(GOES_WITH)) {
    forbidBeside(
      options,
      option,
      ACTIONS.filter((action) => !actions.includes(action)),
    )
  }
  if (options.has('create')) forbidBeside(options, 'replica-assignment', ['partitions', 'replication-factor'])
  for (const report of REPORTS) forbidBeside(options, report, [...ACTIONS.filter((action) => action !== 'describe'), 'topics-with-overrides'])
  forbidBeside(options, 'topics-with-overrides', REPORTS)
}

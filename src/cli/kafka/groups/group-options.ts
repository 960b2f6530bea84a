import { forbidBeside, requireOptions } from '../options/checks.ts'
import { UsageExit } from '../options/option-error.ts'
import { bootstrapOption, commandConfigOption, type OptionTable } from '../options/option-table.ts'
import type { Options } from '../options/parse-options.ts'

export const groupOptions: OptionTable = {
  ...bootstrapOption,
  ...commandConfigOption,
  list: { does: 'List groups.' },
  describe: { does: 'Show offsets and lag of groups, their members or their state.' },
  delete: { does: 'Delete groups with their offsets.' },
  'reset-offsets': { does: 'Choose where a group goes on; a plan only, unless --execute is given.' },
  'delete-offsets': { does: 'Take offsets of a group away.' },
  'validate-regex': { value: 'PATTERN', does: 'Say whether this is a pattern of topics as a group may subscribe to.' },
  group: { value: 'ID', does: 'The group; several with --describe, --delete and --reset-offsets.' },
  'all-groups': { does: 'Every group.' },
  topic: { value: 'TOPIC[:0,1]', does: 'A topic, or some of its partitions; any number of times.' },
  'all-topics': { does: 'Every topic of which the group has offsets.' },
  timeout: { value: 'MS', type: 'long', default: '5000', does: 'How long to try, in milliseconds.' },
  members: { availableIf: ['describe'], does: 'Describe members.' },
  offsets: { availableIf: ['describe'], does: 'Describe offsets, which is what --describe does.' },
  verbose: { availableIf: ['describe'], does: 'Describe more.' },
  state: { value: 'STATES', valueIsOptional: true, availableIf: ['describe', 'list'], does: 'Describe states, or list groups that have one of these.' },
  type: { value: 'TYPES', valueIsOptional: true, availableIf: ['list'], does: 'List types, or groups that have one of these.' },
  'dry-run': { does: 'Print the plan of --reset-offsets.' },
  execute: { does: 'Do what --reset-offsets plans.' },
  export: { does: 'Print the plan as CSV, for --from-file.' },
  'to-earliest': { does: 'Go on at the first record.' },
  'to-latest': { does: 'Go on at the end.' },
  'to-current': { does: 'Go on where the group is.' },
  'to-offset': { value: 'OFFSET', type: 'long', does: 'Go on at this offset.' },
  'shift-by': { value: 'COUNT', type: 'long', does: 'Go on this many records later, or earlier where negative.' },
  'to-datetime': { value: 'YYYY-MM-DDTHH:mm:SS.sss', does: 'Go on at the first record of this time or later.' },
  'by-duration': { value: 'PnDTnHnMnS', does: 'Go on at the first record that is not older than this.' },
  'from-file': { value: 'FILE', does: 'Go on as the CSV file says.' },
}

const ACTIONS = ['list', 'describe', 'delete', 'reset-offsets', 'delete-offsets', 'validate-regex']
export const SCENARIOS = ['to-offset', 'shift-by', 'to-datetime', 'by-duration', 'to-earliest', 'to-latest', 'to-current', 'from-file']

export type GroupAction = 'list' | 'describe' | 'delete' | 'reset-offsets' | 'delete-offsets' | 'validate-regex'

/** The one action that is asked for. Errors: `UsageExit` for options that do not go together. */
export function groupAction(options: Options): GroupAction {
  checkArguments(options)
  const [action, ...others] = ACTIONS.filter((name) => options.has(name))
  if (action === undefined || others.length > 0)
    throw new UsageExit(`Command must include exactly one action: ${ACTIONS.map((name) => `--${name}`).join(', ')}`)
  return action as GroupAction
}

function checkArguments(options: Options): void {
  if (options.has('validate-regex')) return
  requireOptions(options, 'bootstrap-server')
  if (options.has('describe')) checkDescribe(options)
  if (options.has('delete')) checkDelete(options)
  if (options.has('delete-offsets') && (!options.has('group') || !options.has('topic')))
    throw new UsageExit('Option [delete-offsets] takes the following options: [topic], [group]')
  if (options.has('reset-offsets')) checkReset(options)
  forbidBeside(options, 'group', ['all-groups', 'list'])
  forbidBeside(options, 'topic', ['list', 'describe'])
}

function checkGroups(options: Options, action: string): void {
  if (!options.has('group') && !options.has('all-groups')) throw new UsageExit(`Option [${action}] takes one of these options: [group], [all-groups]`)
}

function checkDescribe(options: Options): void {
  checkGroups(options, 'describe')
  if (['members', 'offsets', 'state'].filter((name) => options.has(name)).length > 1)
    throw new UsageExit('Option [describe] takes at most one of these options: [members], [offsets], [state]')
  if (options.value('state') !== null) throw new UsageExit('Option [describe] does not take a value for [state]')
}

function checkDelete(options: Options): void {
  checkGroups(options, 'delete')
  if (options.has('topic')) throw new UsageExit('The consumer does not support topic-specific offset deletion from a consumer group.')
}

function checkReset(options: Options): void {
  if (options.has('dry-run') && options.has('execute')) throw new UsageExit('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
  checkGroups(options, 'reset-offsets')
  for (const scenario of SCENARIOS) {
    forbidBeside(
      options,
      scenario,
      SCENARIOS.filter((other) => other !== scenario),
    )
  }
}

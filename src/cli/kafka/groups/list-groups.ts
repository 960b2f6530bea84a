import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { CONSUMER_GROUPS, type GroupListing, listGroups } from '../../operations/groups/list-groups.ts'
import { asWrappedFuture } from '../java-errors.ts'
import { UsageExit } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'

const STATES = ['PreparingRebalance', 'CompletingRebalance', 'Stable', 'Dead', 'Empty', 'Assigning', 'Reconciling']
const TYPES = ['Classic', 'Consumer']
const MIN_GROUP_WIDTH = 15

export async function printGroups(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const [withType, withState] = [options.has('type'), options.has('state')]
  if (!withType && !withState) {
    for (const groupId of await consumerGroupIds(client)) output.out(`${groupId}\n`)
    return
  }
  const types = chosen(options.value('type'), TYPES, 'types')
  const states = chosen(options.value('state'), STATES, 'state')
  const groups = await listGroups(client, { ...CONSUMER_GROUPS, ...(types.length === 0 ? {} : { types }), states })
  output.out(table(groups, withType, withState))
}

export async function consumerGroupIds(client: ClusterClient): Promise<readonly string[]> {
  return (await asWrappedFuture(listGroups(client, CONSUMER_GROUPS))).map(({ groupId }) => groupId)
}

/** The groups that the options name. */
export async function chosenGroups(client: ClusterClient, options: Options): Promise<readonly string[]> {
  return options.has('all-groups') ? consumerGroupIds(client) : [...new Set(options.values('group'))]
}

function chosen(text: string | null, known: readonly string[], what: string): readonly string[] {
  if (text === null || text === '') return []
  return text.split(',').map((word) => {
    const found = known.find((name) => name.toLowerCase() === word.trim().toLowerCase())
    if (found === undefined) throw new UsageExit(`Invalid ${what} list '${text}'. Valid ${what === 'state' ? 'states' : what} are: ${known.join(', ')}`)
    return found
  })
}

function table(groups: readonly GroupListing[], withType: boolean, withState: boolean): string {
  const width = Math.max(MIN_GROUP_WIDTH, ...groups.map(({ groupId }) => groupId.length)) + 10
  const line = (group: string, type: string, state: string) =>
    `${[group.padEnd(width), ...(withType ? [type.padEnd(20)] : []), ...(withState ? [state.padEnd(20)] : [])].join(' ')}\n`
  return [line('GROUP', 'TYPE', 'STATE'), ...groups.map(({ groupId, type, state }) => line(groupId, type, state))].join('')
}

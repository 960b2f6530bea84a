import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { describeGroup, type GroupDescription } from '../../operations/groups/describe-groups.ts'
import { groupLag } from '../../operations/groups/group-lag.ts'
import { asFuture, asWrappedFuture } from '../java-errors.ts'
import type { Options } from '../options/parse-options.ts'
import { chosenGroups } from './list-groups.ts'
import { membersTable } from './members-table.ts'
import { offsetsTable } from './offsets-table.ts'
import { printError } from './print-error.ts'
import { stateTable } from './state-table.ts'

/** What is there before anything is printed: one group that cannot be described ends it all, as in Kafka's tool. */
export async function describeGroups(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const ids = (await chosenGroups(client, options)).toSorted()
  const groups: GroupDescription[] = []
  for (const id of ids) groups.push(await asFuture(describeGroup(client, id)))
  const verbose = options.has('verbose')
  if (options.has('members')) return printMembers(groups, verbose, output)
  if (options.has('state')) return printStates(groups, verbose, output)
  for (const group of groups) {
    const rows = await asWrappedFuture(groupLag(client, group))
    if (isShown(group, rows.length, output)) output.out(offsetsTable(group.groupId, rows, verbose))
  }
}

function printMembers(groups: readonly GroupDescription[], verbose: boolean, output: Output): void {
  for (const group of groups) {
    isShown(group, group.members.length, output)
    output.out(membersTable(group, verbose))
  }
}

function printStates(groups: readonly GroupDescription[], verbose: boolean, output: Output): void {
  for (const group of groups) if (isShown(group, 1, output)) output.out(stateTable(group, verbose))
}

/** Says what is unusual about the group, and whether there is something to print. */
function isShown({ groupId, state }: GroupDescription, rowCount: number, output: Output): boolean {
  switch (state) {
    case 'Dead':
      printError(output, `Consumer group '${groupId}' does not exist.`)
      return false
    case 'Empty':
      output.err(`\nConsumer group '${groupId}' has no active members.\n`)
      break
    case 'PreparingRebalance':
    case 'CompletingRebalance':
    case 'Assigning':
    case 'Reconciling':
      output.err(`\nWarning: Consumer group '${groupId}' is rebalancing.\n`)
  }
  return rowCount > 0
}

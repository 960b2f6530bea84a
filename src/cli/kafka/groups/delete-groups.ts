import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { deleteGroup } from '../../operations/groups/group-offsets.ts'
import { KafkaError } from '../../operations/kafka-error.ts'
import { described } from '../java-errors.ts'
import type { Options } from '../options/parse-options.ts'
import { chosenGroups } from './list-groups.ts'
import { printError } from './print-error.ts'

export async function removeGroups(client: ClusterClient, options: Options, output: Output): Promise<void> {
  const [deleted, failed]: [string[], [string, KafkaError][]] = [[], []]
  for (const group of await chosenGroups(client, options)) {
    try {
      await deleteGroup(client, group)
      deleted.push(group)
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error
      failed.push([group, error])
    }
  }
  const names = deleted.map((group) => `'${group}'`).join(', ')
  if (failed.length === 0) return output.out(`Deletion of requested consumer groups (${names}) was successful.\n`)
  printError(output, 'Deletion of some consumer groups failed:')
  for (const [group, error] of failed) output.out(`* Group '${group}' could not be deleted due to: ${described(error)}\n`)
  if (deleted.length > 0) output.out(`\nThese consumer groups were deleted successfully: ${names}\n`)
}

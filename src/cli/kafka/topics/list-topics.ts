import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { listTopics } from '../../operations/topics/list-topics.ts'
import { topicFilter } from '../../operations/topics/topic-names.ts'
import type { Options } from '../options/parse-options.ts'
import { UserError } from '../user-error.ts'

export async function printTopics(client: ClusterClient, options: Options, output: Output): Promise<void> {
  output.out(`${(await matchingTopics(client, options)).join('\n')}\n`)
}

/** The names that --topic and --exclude-internal leave, ordered. */
export async function matchingTopics(client: ClusterClient, options: Options): Promise<readonly string[]> {
  const pattern = options.value('topic')
  const matches = topicFilter(pattern ?? '.*')
  const excludesInternal = options.has('exclude-internal')
  const topics = await listTopics(client)
  return topics.map(({ name }) => name).filter((name) => matches(name, excludesInternal))
}

/** Errors: `UserError` where nothing was found of what was asked for. */
export function ensureFound(found: readonly unknown[], options: Options): void {
  const topic = options.value('topic')
  if (topic !== null && topic !== '' && !options.has('if-exists') && found.length === 0) throw new UserError(`Topic '${topic}' does not exist as expected`)
}

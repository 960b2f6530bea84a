import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { listTopics } from '../operations/topics/list-topics.ts'
import { configSteps } from './config-steps.ts'
import { groupStep } from './group-steps.ts'
import type { ImportOptions, ImportStep } from './import-step.ts'
import type { MetadataDocument } from './metadata-document.ts'
import { topicSteps } from './topic-steps.ts'

/** What an import of the document would do to the cluster, in order. Nothing is changed. Errors: those of `ClusterClient`. */
export async function planImport(client: ClusterClient, document: MetadataDocument, options: ImportOptions): Promise<readonly ImportStep[]> {
  const steps: ImportStep[] = []
  if (!options.skip.has('topics')) steps.push(...(await topicSteps(client, document.topics, options)))
  if (!options.skip.has('configs')) steps.push(...(await configSteps(client, document, options)))
  if (!options.skip.has('offsets')) {
    const topics = await topicsToBe(client, document, options)
    for (const group of document.groups) steps.push(await groupStep(client, group, topics, options))
  }
  return steps
}

/** How many partitions each topic has when the steps for topics are done: one that is there is given more only with `update`. */
async function topicsToBe(client: ClusterClient, document: MetadataDocument, { skip, update }: ImportOptions): Promise<ReadonlyMap<string, number>> {
  const topics = new Map((await listTopics(client)).map(({ name, partitionCount }) => [name, partitionCount]))
  if (skip.has('topics')) return topics
  for (const { name, partitions } of document.topics) {
    const there = topics.get(name)
    if (there === undefined || (update && partitions > there)) topics.set(name, partitions)
  }
  return topics
}

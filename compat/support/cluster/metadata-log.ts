import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { wholeBatches } from '../../../protocol/records/batch.ts'
import { records } from '../../../protocol/records/record.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { metadataRecordSerde } from '../../../src/metadata/record-serde.ts'

/**
 * In which log directory the cluster knows each replica of partition 0 of a topic to be, in the order of the replicas; null where
 * there is no such topic.
 * @param dataDirectory with the metadata log of a node that has not deleted its beginning
 */
export async function knownDirectories(dataDirectory: string, topic: string): Promise<readonly Uuid[] | null> {
  let topicId: Uuid | null = null
  let directories: readonly Uuid[] | null = null
  for (const { type, data } of await metadataRecords(dataDirectory)) {
    if (type === 'TopicRecord' && data.name === topic) topicId = data.topicId
    const isIts = (type === 'PartitionRecord' || type === 'PartitionChangeRecord') && data.topicId === topicId && data.partitionId === 0
    if (isIts && data.directories !== null) directories = data.directories
  }
  return directories
}

async function metadataRecords(dataDirectory: string): Promise<readonly MetadataRecord[]> {
  const directory = join(dataDirectory, '__cluster_metadata-0')
  const segments = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort()
  const found: MetadataRecord[] = []
  for (const segment of segments) {
    for (const batch of wholeBatches(await readFile(join(directory, segment)))) {
      if (batch.isControl) continue
      for (const { value } of records(batch)) if (value !== null) found.push(metadataRecordSerde.decode(value))
    }
  }
  return found
}

import { parseUuid, type Uuid } from '../../../protocol/uuid.ts'

/** In a partition's directory: which topic of that name it belongs to. Source: `PartitionMetadataFile` of Kafka; KIP-516. */
export const PARTITION_METADATA_FILE = 'partition.metadata'

export function encodePartitionMetadata(topicId: Uuid): Buffer {
  return Buffer.from(`version: 0\ntopic_id: ${topicId}`)
}

/** null when the file is not whole: its topic is then not known. */
export function decodePartitionMetadata(content: Buffer): Uuid | null {
  const [version, topicId] = content.toString('latin1').split('\n')
  if (version !== 'version: 0' || topicId === undefined || !topicId.startsWith('topic_id: ')) return null
  return parseUuid(topicId.slice('topic_id: '.length))
}

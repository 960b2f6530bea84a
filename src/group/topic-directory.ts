import type { Uuid } from '../../protocol/uuid.ts'

/** What the group coordinator needs to know of the topics for which offsets are committed. `src/node/` reads it from the metadata image. */
export interface TopicDirectory {
  /** The zero id for a topic that does not exist. */
  topicId(name: string): Uuid
  /** null for an id that no topic has. */
  topicName(id: Uuid): string | null
  hasTopic(name: string): boolean
  hasPartition(name: string, partition: number): boolean
}

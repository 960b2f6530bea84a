import type { MetadataRecord } from '../metadata/metadata-record.ts'

/** What a decision on the controller's state comes to: records to write, in one batch where they fit, and the reply for when they are committed. */
export interface Decision<Reply> {
  readonly records: readonly MetadataRecord[]
  readonly reply: Reply
}

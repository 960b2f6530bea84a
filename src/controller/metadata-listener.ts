import type { MetadataLoader } from '../metadata/loader.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import type { RaftListener } from '../raft/raft-listener.ts'
import type { QuorumController } from './quorum-controller.ts'

/** Joins the metadata log with those who follow it on a node: the loader, and the controller when the node leads. */
export function metadataListener(
  loader: MetadataLoader,
  controller: () => Pick<QuorumController, 'handleLeading' | 'handleStepDown' | 'brokers'>,
  onFailure: (error: Error) => void,
): RaftListener<MetadataRecord> {
  return {
    handleSnapshot: (id, appendedMs, records) => loader.handleSnapshot({ offset: id.offset - 1, epoch: id.epoch, appendedMs }, records),
    handleCommit: (batch) => loader.handleCommit(batch),
    handleLeading: (epoch, offset) => controller().handleLeading(epoch, offset),
    handleStepDown: () => controller().handleStepDown(),
    handleGone: (nodeId) => controller().brokers.unreachable(nodeId),
    handleFailure: onFailure,
  }
}

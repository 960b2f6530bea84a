/** What has gone through the partitions of a node since it started. Plain numbers that only grow: those that count add to them, and whoever wants to know reads them. */
export interface TopicTraffic {
  /** Records that producers wrote. */
  messagesIn: number
  /** Bytes of the batches that they came in, as they were sent. */
  bytesIn: number
  /** Records in the batches that consumers were sent. */
  messagesOut: number
  /** Bytes of these batches. */
  bytesOut: number
  /** Batches that producers sent for a partition, whatever became of them. */
  produceRequests: number
  /** Of these, those that were refused. */
  failedProduceRequests: number
  /** Partitions that consumers and followers were answered for. */
  fetchRequests: number
  /** Of these, those that were answered with an error. */
  failedFetchRequests: number
}

export interface Traffic extends TopicTraffic {
  /** Bytes of batches that were copied from leaders. */
  replicationBytesIn: number
  /** Bytes of batches that followers were sent. */
  replicationBytesOut: number
  /** Times that replicas left the in-sync ones of a partition that this node led then, whoever decided it. */
  isrShrinks: number
  /** Times that replicas came to them. */
  isrExpands: number
  /** Times that this node became leader of a partition without having been in sync. */
  uncleanElections: number
}

export function noTopicTraffic(): TopicTraffic {
  return {
    messagesIn: 0,
    bytesIn: 0,
    messagesOut: 0,
    bytesOut: 0,
    produceRequests: 0,
    failedProduceRequests: 0,
    fetchRequests: 0,
    failedFetchRequests: 0,
  }
}

export function noTraffic(): Traffic {
  return { ...noTopicTraffic(), replicationBytesIn: 0, replicationBytesOut: 0, isrShrinks: 0, isrExpands: 0, uncleanElections: 0 }
}

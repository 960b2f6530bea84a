/** What has gone through a node since it started. Plain numbers that only grow: those that count add to them, and whoever wants to know reads them. */
export interface Traffic {
  /** Records that producers wrote. */
  messagesIn: number
  /** Bytes of the batches that they came in, as they were sent. */
  bytesIn: number
  /** Records in the batches that consumers were sent. */
  messagesOut: number
}

export function noTraffic(): Traffic {
  return { messagesIn: 0, bytesIn: 0, messagesOut: 0 }
}

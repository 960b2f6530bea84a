import type { RaftPeers } from '../../../src/raft/shell/raft-peers.ts'

/** Of a quorum of one. */
export const noPeers: RaftPeers = {
  bootstrapIds: [],
  ask: () => Promise.reject(new Error('a quorum of one asks nobody')),
  askVersions: () => Promise.reject(new Error('a quorum of one asks nobody')),
  endpointOf: () => null,
  noteVoters: () => undefined,
  noteLeader: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
}

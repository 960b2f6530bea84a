import { BeginQuorumEpochApi } from '../../../protocol/messages/begin-quorum-epoch.ts'
import { EndQuorumEpochApi } from '../../../protocol/messages/end-quorum-epoch.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { FetchSnapshotApi } from '../../../protocol/messages/fetch-snapshot.ts'
import { VoteApi } from '../../../protocol/messages/vote.ts'
import type { EpochAnswer, FetchAnswer, FetchSnapshotAnswer, RaftAnswer, RaftRequest, VoteAnswer } from '../../../src/raft/core/messages.ts'
import type { RaftServer } from '../../../src/raft/raft-server.ts'
import { beginEpochResponse, readBeginEpoch } from '../../../src/raft/wire/begin-epoch.ts'
import { endEpochResponse, readEndEpoch } from '../../../src/raft/wire/end-epoch.ts'
import { fetchResponse, readFetch } from '../../../src/raft/wire/fetch.ts'
import { fetchSnapshotResponse, readFetchSnapshot } from '../../../src/raft/wire/fetch-snapshot.ts'
import type { Inbound } from '../../../src/raft/wire/inbound.ts'
import type { AnswerContext } from '../../../src/raft/wire/told-leader.ts'
import { readVote, voteResponse } from '../../../src/raft/wire/vote.ts'
import { type Served, served } from '../../support/peers/answering-node.ts'

export const CLUSTER_ID = 'cluster'
export const LISTENER = 'CONTROLLER'

/** What a node of the quorum serves to the others, without the server around it. */
export function raftApis(node: RaftServer): readonly Served[] {
  const ask = async <Response, Answer extends RaftAnswer>(
    inbound: Inbound<RaftRequest, Response>,
    apiVersion: number,
    write: (answer: Answer, context: AnswerContext) => Response,
  ): Promise<Response> => {
    if (inbound.kind === 'refused') return inbound.response
    const answer = (await node.handle(inbound.request, inbound.extras)) as Answer
    return write(answer, { apiVersion, listenerName: LISTENER, leaderEndpoints: node.leaderEndpoints() })
  }
  return [
    served(VoteApi, (message, version) => ask<ReturnType<typeof voteResponse>, VoteAnswer>(readVote(message, CLUSTER_ID), version, voteResponse)),
    served(BeginQuorumEpochApi, (message, version) =>
      ask<ReturnType<typeof beginEpochResponse>, EpochAnswer>(readBeginEpoch(message, CLUSTER_ID), version, beginEpochResponse),
    ),
    served(EndQuorumEpochApi, (message, version) =>
      ask<ReturnType<typeof endEpochResponse>, EpochAnswer>(readEndEpoch(message, CLUSTER_ID), version, endEpochResponse),
    ),
    served(FetchApi, (message, version) => ask<ReturnType<typeof fetchResponse>, FetchAnswer>(readFetch(message, CLUSTER_ID), version, fetchResponse)),
    served(FetchSnapshotApi, (message, version) =>
      ask<ReturnType<typeof fetchSnapshotResponse>, FetchSnapshotAnswer>(readFetchSnapshot(message, CLUSTER_ID), version, fetchSnapshotResponse),
    ),
  ]
}

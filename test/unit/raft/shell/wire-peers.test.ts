import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import { VoteApi } from '../../../../protocol/messages/vote.ts'
import { METADATA_TOPIC_ID, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { FetchRequest, VoteRequest } from '../../../../src/raft/core/messages.ts'
import { WirePeers } from '../../../../src/raft/shell/wire-peers.ts'
import type { Voter } from '../../../../src/raft/voter-set.ts'
import type { LogFields, Logger } from '../../../../src/telemetry/logger.ts'
import { AnsweringNode, type Served, served } from '../../../support/peers/answering-node.ts'
import { World } from '../../../support/world/world.ts'

const PORT = 9093
const replica = { id: 9, directoryId: ZERO_UUID }
const fetch: FetchRequest = { type: 'fetch', replica, epoch: 3, offset: 0, lastFetchedEpoch: 0, highWatermark: 0, maxWaitMs: 0 }
const preVote: VoteRequest = { type: 'vote', voter: null, candidate: replica, epoch: 3, lastOffset: 0, lastEpoch: 0, preVote: true }

const voter = (id: number): Voter => ({
  id,
  directoryId: ZERO_UUID,
  endpoints: [
    { name: 'OTHER', host: 'elsewhere', port: 1 },
    { name: 'CONTROLLER', host: `node-${id}`, port: PORT },
  ],
  minKraftVersion: 0,
  maxKraftVersion: 1,
})

/** Says who leads, and where. */
const ledBy = (leaderId: number, host: string) =>
  served(FetchApi, () => {
    const partition = { partitionIndex: 0, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, highWatermark: -1, currentLeader: { leaderId, leaderEpoch: 3 } }
    return {
      throttleTimeMs: 0,
      responses: [{ topicId: METADATA_TOPIC_ID, partitions: [{ ...partition, abortedTransactions: null, records: null }] }],
      nodeEndpoints: [{ nodeId: leaderId, host, port: PORT, rack: null }],
    }
  })

class Stage {
  readonly world = new World({ seed: 1 })
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields | undefined }[] = []
  readonly peers: WirePeers

  constructor(bootstrap: readonly string[] = []) {
    const { ports } = this.world.node('self')
    this.peers = new WirePeers({
      nodeId: 9,
      sender: { clusterId: 'cluster', endpoints: [], fetchMaxBytes: 1000, snapshotMaxBytes: 1000 },
      listenerNames: ['CONTROLLER'],
      bootstrapServers: bootstrap.map((host) => ({ host, port: PORT })),
      requestTimeoutMs: 1000,
      ...ports,
      logger: this.#logger(),
    })
  }

  serve(id: number, apis: readonly Served[]): Promise<void> {
    return this.world.complete(new AnsweringNode(apis).listen(this.world.node(`node-${id}`).ports.network, PORT))
  }

  ask(to: number, request: FetchRequest | VoteRequest = fetch) {
    return this.world.complete(this.peers.ask(to, request))
  }

  #logger(): Logger {
    const log = (level: string) => (message: string, fields?: LogFields) => void this.lines.push({ level, message, fields })
    return { error: log('error'), warn: log('warn'), info: log('info'), debug: () => {}, child: () => this.#logger() }
  }
}

describe('the other nodes of a quorum', () => {
  it('are reached at the listener of controllers that the voters name', async () => {
    const stage = new Stage()
    stage.peers.noteVoters([voter(1)])
    await stage.serve(1, [ledBy(1, 'node-1')])
    expect(stage.peers.endpointOf(1)).toEqual({ host: 'node-1', port: PORT })
    expect(await stage.ask(1)).toMatchObject({ kind: 'answer', answer: { leaderId: 1, epoch: 3 } })
    expect(stage.peers.endpointOf(2)).toBeNull()
    expect(await stage.ask(2)).toEqual({ kind: 'unanswered', unsupported: false, isGone: false })
  })

  it('are found through configured servers, which say where the leader is', async () => {
    const stage = new Stage(['node-7', 'node-8'])
    await stage.serve(8, [ledBy(4, 'node-4')])
    await stage.serve(4, [ledBy(4, 'node-4')])
    expect(stage.peers.bootstrapIds).toEqual([-2, -3])
    expect(await stage.ask(-3)).toMatchObject({ kind: 'answer', answer: { leaderId: 4 } })
    expect(await stage.ask(4)).toMatchObject({ kind: 'answer' })
  })

  it('are where they said last as leaders, and where the records of voters say when they are not there', async () => {
    const stage = new Stage()
    stage.peers.noteVoters([voter(1)])
    stage.peers.noteLeader(1, [{ name: 'CONTROLLER', host: 'node-5', port: PORT }])
    expect(stage.peers.endpointOf(1)).toEqual({ host: 'node-5', port: PORT })
    stage.world.node('node-5')
    expect(await stage.ask(1)).toEqual({ kind: 'unanswered', unsupported: false, isGone: true })
    expect(stage.peers.endpointOf(1)).toEqual({ host: 'node-1', port: PORT })
  })

  it('that know no pre-votes are told from those that do not answer', async () => {
    const stage = new Stage()
    stage.peers.noteVoters([voter(1)])
    await stage.serve(1, [served(VoteApi, () => ({ errorCode: 0, topics: [] }), { lowest: 0, highest: 1 })])
    expect(await stage.ask(1, preVote)).toEqual({ kind: 'unanswered', unsupported: true, isGone: false })
  })

  it('of another cluster are told of once, with what to do', async () => {
    const stage = new Stage(['node-1'])
    await stage.serve(1, [served(FetchApi, () => ({ throttleTimeMs: 0, errorCode: ErrorCode.INCONSISTENT_CLUSTER_ID, responses: [] }))])
    for (let time = 0; time < 3; time++) expect(await stage.ask(-2)).toMatchObject({ kind: 'unanswered' })
    expect(stage.lines).toEqual([
      {
        level: 'error',
        message: expect.stringContaining('belongs to another cluster: correct its address, or format this node with the id of that cluster'),
        fields: { address: `node-1:${PORT}`, clusterId: 'cluster' },
      },
    ])
  })

  it('that cannot be reached are told of once when that lasts, and when they answer again', async () => {
    const stage = new Stage()
    stage.peers.noteVoters([voter(1)])
    stage.world.node('node-1')
    await stage.ask(1)
    expect(stage.lines).toEqual([])
    await stage.world.run(6000)
    await stage.ask(1)
    await stage.ask(1)
    await stage.serve(1, [ledBy(1, 'node-1')])
    await stage.ask(1)
    await stage.ask(1)
    expect(stage.lines.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'a node of the metadata quorum cannot be reached'],
      ['info', 'a node of the metadata quorum answers again'],
    ])
    expect(stage.lines[0]?.fields).toEqual({ node: 1, address: expect.stringContaining('node-1:'), reason: expect.stringContaining(':9093 failed') })
  })

  it('are asked nothing after the node has stopped', async () => {
    const stage = new Stage()
    stage.peers.noteVoters([voter(1)])
    await stage.serve(1, [ledBy(1, 'node-1')])
    await stage.ask(1)
    await stage.world.complete(stage.peers[Symbol.asyncDispose]())
    expect(await stage.ask(1)).toMatchObject({ kind: 'unanswered', isGone: false })
  })
})

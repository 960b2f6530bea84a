import { describe, expect, it } from 'vitest'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { FetchAnswer, RaftRequest } from '../../../../src/raft/core/messages.ts'
import { encodeDataBatch } from '../../../../src/raft/log-batches.ts'
import type { PeerOutcome, RaftPeers } from '../../../../src/raft/shell/raft-peers.ts'
import type { VoterSet } from '../../../../src/raft/voter-set.ts'
import { type Logger, silentLogger } from '../../../../src/telemetry/logger.ts'
import { noPeers } from '../../../support/raft/no-peers.ts'
import { World } from '../../../support/world/world.ts'
import { startRaft } from '../raft-world.ts'

const LEADER = 2
const voters: VoterSet = [
  { id: LEADER, directoryId: ZERO_UUID, endpoints: [{ name: 'CONTROLLER', host: 'leader', port: 9093 }], minKraftVersion: 0, maxKraftVersion: 1 },
]

/** The leader of epoch 1, with one record, whose disk damages what it reads as long as a test says so. */
class DamagedLeader {
  isDamaged = true
  fetches = 0
  readonly peers: RaftPeers = { ...noPeers, ask: (_to, request) => this.#answer(request), endpointOf: () => ({ host: 'leader', port: 9093 }) }

  #answer(request: RaftRequest): Promise<PeerOutcome> {
    // There is no more to come.
    if (request.type !== 'fetch' || request.offset > 0) return new Promise(() => {})
    this.fetches++
    const records = encodeDataBatch({ baseOffset: 0, epoch: 1, nowMs: 0 }, [Buffer.from('x')])
    if (this.isDamaged) records[records.length - 1] = (records.at(-1) ?? 0) ^ 1
    const content = { type: 'records', offset: 0, records } as const
    const answer: FetchAnswer = { type: 'fetch', errorCode: 0, epoch: 1, leaderId: LEADER, highWatermark: 1, logStartOffset: 0, content }
    return Promise.resolve({ kind: 'answer', answer })
  }
}

describe('records that the leader of the quorum sends damaged', () => {
  it('are fetched again until they are whole, and the log says so once', async () => {
    const world = new World({ seed: 1 })
    const leader = new DamagedLeader()
    const lines: string[] = []
    const line = (level: string) => (message: string) => void lines.push(`${level}: ${message}`)
    const logger: Logger = { ...silentLogger, error: line('error'), info: line('info') }
    const { machine } = await world.complete(startRaft(world.node('a').ports, { staticVoters: voters, peers: leader.peers, isController: false, logger }))
    await world.run(500)
    expect(leader.fetches).toBeGreaterThan(5)
    expect(lines).toEqual([expect.stringMatching(/^error: records of the metadata log .* are damaged/)])
    leader.isDamaged = false
    await world.run(500)
    expect(machine.records).toEqual(['x'])
    expect(lines.slice(1)).toEqual(['info: the leader of the quorum sends good records again'])
  })
})

import { describe, expect, it } from 'vitest'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { VoteRequest } from '../../../../src/raft/core/messages.ts'
import { type Logger, silentLogger } from '../../../../src/telemetry/logger.ts'
import { World } from '../../../support/world/world.ts'
import { LOG_DIR, startRaft } from '../raft-world.ts'

const LAST_EPOCH = 2 ** 31 - 1
const stranger = { id: 9, directoryId: ZERO_UUID }

describe('a word of the last epoch', () => {
  const told: { message: string; fields: unknown }[] = []
  const logger: Logger = { ...silentLogger, error: (message, fields) => void told.push({ message, fields }) }
  const vote: VoteRequest = { type: 'vote', voter: null, candidate: stranger, epoch: LAST_EPOCH, lastOffset: 100, lastEpoch: 1, preVote: false }

  it('ends the leadership for good, and the log says so with what helps: without its file the node leads again', async () => {
    const world = new World({ seed: 1 })
    const { ports } = world.node('a')
    const first = await world.complete(startRaft(ports, { logger }))
    await world.complete(first.raft.append(1, ['kept']).committed)
    expect(told).toEqual([])
    const answer = await world.complete(first.raft.handle(vote, { maxBytes: 1, leaderEndpoints: [] }))
    expect(answer).toMatchObject({ errorCode: 0, epoch: LAST_EPOCH, granted: true })
    await world.run(60_000)
    expect([first.machine.stepDowns, first.machine.failures, first.raft.epoch]).toEqual([[1], [], LAST_EPOCH])
    expect(told).toEqual([
      { message: expect.stringContaining('no leader can be elected any more'), fields: expect.objectContaining({ epoch: LAST_EPOCH, left: 0 }) },
    ])
    await world.complete(first.raft[Symbol.asyncDispose]())

    const again = await world.complete(startRaft(ports, { logger }))
    expect([told.length, again.raft.isLeader]).toEqual([2, false])
    await world.complete(again.raft[Symbol.asyncDispose]())
    await world.complete(ports.disk.removeFile(`${LOG_DIR}/__cluster_metadata-0/quorum-state`))
    const { raft, machine } = await world.complete(startRaft(ports, { logger }))
    expect([raft.isLeader, raft.epoch, told.length]).toEqual([true, 2, 2])
    expect(machine.records).toContain('kept')
  })
})

import { describe, expect, it } from 'vitest'
import { ReplicaNode } from '../../../support/replication/replica-node.ts'
import { SmallController } from '../../../support/replication/small-controller.ts'
import { World } from '../../../support/world/world.ts'
import { type Line, recordingLogger } from '../../server/harness.ts'

/** A new topic, of which its leader hears so much later than its follower. Gives what the follower's log says of it. */
async function toldWhenLeaderIsBehind(delayMs: number): Promise<readonly Line[]> {
  const world = new World({ seed: 1 })
  const controller = new SmallController()
  const lines: Line[] = []
  const leader = new ReplicaNode({ world, controller, id: 1, controllerDelayMs: () => delayMs })
  const follower = new ReplicaNode({ world, controller, id: 2, logger: recordingLogger(lines) })
  controller.onChange = () => {
    for (const node of [leader, follower]) node.metadataChanged()
  }
  await world.complete(Promise.all([leader.start(), follower.start()]))
  await world.run(delayMs)
  controller.createTopic('t', [[1, 2]])
  await world.run(delayMs + 5_000)
  expect(follower.partition('t').leaderId).toBe(1)
  return lines.filter(({ level, message }) => level !== 'debug' && message.includes('cannot be copied'))
}

describe('a leader that does not know yet that there is the topic', () => {
  it('is nothing to tell an operator of', async () => {
    expect(await toldWhenLeaderIsBehind(2_000)).toEqual([])
  })

  it('is told of once when it lasts', async () => {
    expect(await toldWhenLeaderIsBehind(30_000)).toMatchObject([{ level: 'warn', fields: { topic: 't', leaderId: 1, error: 'UNKNOWN_TOPIC_ID' } }])
  })
})

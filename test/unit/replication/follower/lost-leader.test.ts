import { describe, expect, it } from 'vitest'
import { ReplicaNode } from '../../../support/replication/replica-node.ts'
import { CLIENT_PORT, SmallController } from '../../../support/replication/small-controller.ts'
import { World } from '../../../support/world/world.ts'
import { type Line, recordingLogger } from '../../server/harness.ts'

/** Broker 1 leads; `lines` are those of broker 2, which follows. */
async function start() {
  const world = new World({ seed: 1 })
  const controller = new SmallController()
  const lines: Line[] = []
  const leader = new ReplicaNode({ world, controller, id: 1 })
  const follower = new ReplicaNode({ world, controller, id: 2, logger: recordingLogger(lines) })
  controller.onChange = () => {
    for (const node of [leader, follower]) node.metadataChanged()
  }
  await world.complete(Promise.all([leader.start(), follower.start()]))
  controller.createTopic('t', [[1, 2]])
  await world.run(1000)
  const told = () => lines.filter(({ level, message }) => level !== 'debug' && message.includes('copied from'))
  return { world, controller, leader, told }
}

describe('a leader whose connection is lost', () => {
  it('is told of once, in words that say where it should be, and again when it is back', async () => {
    const { world, leader, told } = await start()
    leader.crash('process')
    await world.run(20_000)
    expect(told()).toMatchObject([{ level: 'warn', fields: { leaderId: 1, reason: expect.stringContaining(`n1:${CLIENT_PORT}`), advice: expect.any(String) } }])
    // An error would bring its stack along.
    expect(Object.values(told()[0]?.fields ?? {}).filter((value) => value instanceof Error)).toEqual([])
    await world.complete(leader.restart())
    await world.run(20_000)
    expect(told().map(({ level }) => level)).toEqual(['warn', 'info'])
  })

  it('is not told of where the cluster knows that it stops', async () => {
    const { world, controller, leader, told } = await start()
    controller.shutDown(1)
    await world.run(100)
    leader.crash('process')
    await world.run(20_000)
    expect(told()).toEqual([])
  })
})

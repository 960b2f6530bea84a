import { describe, expect, it } from 'vitest'
import { ControllerRegistrar } from '../../../../src/controller/cluster/controller-registrar.ts'

import type { ControllerRegistration } from '../../../../src/metadata/image.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'
import { World } from '../../../support/world/world.ts'
import { feature } from '../../metadata/records.ts'
import { incarnationOf, ScriptedQuorum } from '../scripted-quorum.ts'

/** All controllers have registrars, which ask whoever leads, as often as `asked` counts. */
async function start(world: World, quorum: ScriptedQuorum, ids: readonly number[]) {
  const asked = new Map<number, number>()
  const registrars = new Map<number, ControllerRegistrar>()
  for (const id of ids) {
    const registration = registrationOf(id)
    const registrar = new ControllerRegistrar({
      registration,
      registry: {
        registerController(command) {
          asked.set(id, (asked.get(id) ?? 0) + 1)
          return quorum.node(quorum.leaderId ?? id).controller.brokers.registerController(command)
        },
      },
      isLeader: () => quorum.leaderId === id,
      timers: world.node(`node-${id}`).ports.timers,
      logger: silentLogger,
    })
    registrars.set(id, registrar)
    await world.complete(quorum.node(id).loader.addPublisher(registrar))
  }
  return { asked, registrars }
}

function registrationOf(id: number): ControllerRegistration {
  return { id, incarnationId: incarnationOf('C', id), zkMigrationReady: false, endpoints: [], features: [] }
}

const registered = (quorum: ScriptedQuorum) => [...quorum.node(1).loader.image().cluster.controllers.keys()].sort()

describe('a controller that does not lead', () => {
  it('is registered by the one that does, once', async () => {
    const world = new World({ seed: 1 })
    const quorum = new ScriptedQuorum(world, [1, 2, 3])
    const { asked } = await start(world, quorum, [1, 2, 3])
    quorum.elect(1)
    await world.complete(quorum.node(1).controller.active())
    await world.run(1000)
    expect(registered(quorum)).toEqual([1, 2, 3])
    expect([...asked].sort()).toEqual([
      [2, 1],
      [3, 1],
    ])
  })

  it('asks again, less and less often, while nobody leads', async () => {
    const world = new World({ seed: 1 })
    const quorum = new ScriptedQuorum(world, [1, 2, 3])
    quorum.elect(1)
    await world.complete(quorum.node(1).controller.active())
    quorum.depose()
    const { asked } = await start(world, quorum, [2])
    await world.run(10_000)
    // After 0, 100, 300, 700, 1500, 3100 and 6300 ms.
    expect(asked.get(2)).toBe(7)
    quorum.elect(3)
    await world.run(20_000)
    expect(registered(quorum)).toEqual([1, 2, 3])
  })

  it('does not ask before the level of metadata.version knows of controllers', async () => {
    const world = new World({ seed: 1 })
    const quorum = new ScriptedQuorum(world, [1, 2, 3], { bootstrapRecords: [feature('metadata.version', 14)] })
    const { asked } = await start(world, quorum, [1, 2, 3])
    quorum.elect(1)
    await world.complete(quorum.node(1).controller.active())
    await world.run(1000)
    expect([asked.size, registered(quorum)]).toEqual([0, []])
    const update = { updates: [{ feature: 'metadata.version', level: 15, upgradeType: 'upgrade' as const }], validateOnly: false }
    await world.complete(quorum.node(1).controller.updateFeatures({ principal: 'User:test' }, update))
    await world.run(1000)
    expect(registered(quorum)).toEqual([1, 2, 3])
  })

  it('asks no more when it stops', async () => {
    const world = new World({ seed: 1 })
    const quorum = new ScriptedQuorum(world, [1, 2, 3])
    quorum.elect(1)
    await world.complete(quorum.node(1).controller.active())
    quorum.depose()
    const { asked, registrars } = await start(world, quorum, [2])
    registrars.get(2)?.[Symbol.dispose]()
    await world.run(10_000)
    expect(asked.get(2)).toBe(1)
  })
})

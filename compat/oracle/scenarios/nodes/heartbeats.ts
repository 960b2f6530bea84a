import { BrokerHeartbeatApi, type BrokerHeartbeatRequest } from '../../../../protocol/messages/broker-heartbeat.ts'
import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { type Scenario, type Stage, versions } from '../../scenario.ts'
import { CAUGHT_UP, FakeBroker } from './fake-broker.ts'
import { createWith, pause, REAL, until, untilLedBy } from './partitions.ts'

const states: Scenario = {
  name: 'BrokerHeartbeat: fenced, unfenced, shut down',
  versions: versions(0, 2),
  async run(stage, version) {
    const broker = await FakeBroker.of(stage, 1)
    const beat = (change: Partial<BrokerHeartbeatRequest> = {}) => broker.controller.exchange(BrokerHeartbeatApi, version, broker.heartbeat(change))
    const unknown = await beat()
    await broker.register()
    const outcomes = [
      unknown,
      await beat({ brokerEpoch: broker.epoch - 1 }),
      await beat({ brokerEpoch: broker.epoch + 1 }),
      await beat({ currentMetadataOffset: -1 }),
      await beat({ currentMetadataOffset: broker.epoch - 1 }),
      await beat({ wantFence: true }),
      await beat({ currentMetadataOffset: broker.epoch }),
      await beat(),
      await beat({ wantFence: true }),
      await beat({ wantFence: true }),
      await beat(),
      // Who was unfenced is not asked again how far it is.
      await beat({ currentMetadataOffset: 0 }),
      await beat({ wantShutDown: true }),
      await beat({ wantShutDown: true }),
      await beat(),
      await beat({ wantFence: true, wantShutDown: true }),
    ]
    await broker.leave()
    return outcomes
  },
}

const handsOver: Scenario = {
  name: 'BrokerHeartbeat: a leader that shuts down hands over, and goes when the others know',
  versions: versions(0, 2),
  async run(stage, version) {
    const broker = await FakeBroker.serving(stage, 1)
    const third = await FakeBroker.serving(stage, 2)
    const name = stage.name('t')
    await createWith(stage, name, [[broker.id, REAL], [broker.id], [REAL, broker.id], [broker.id, third.id]])
    const before = await untilLedBy(stage, name, [broker.id, broker.id, REAL, broker.id])
    const shutDown = () => broker.controller.exchange(BrokerHeartbeatApi, version, broker.heartbeat({ wantShutDown: true }))
    await third.beat({ currentMetadataOffset: 0 })
    // The third does not know yet.
    const waiting = [await shutDown(), await shutDown()]
    const handed = await untilLedBy(stage, name, [REAL, -1, REAL, third.id])
    await third.beat({ currentMetadataOffset: CAUGHT_UP })
    const gone = await untilLetGo(shutDown)
    const back = [await broker.beat(), await untilLedBy(stage, name, [REAL, broker.id, REAL, third.id])]
    await broker.leave()
    await third.leave()
    return { before, waiting, handed, gone, left: await untilLedBy(stage, name, [REAL, -1, REAL, -1]), back }
  },
}

/** The real broker tells how far it is in its own time. */
async function untilLetGo(shutDown: () => Promise<{ readonly kind: string; readonly value?: unknown }>) {
  for (let tries = 0; ; tries++) {
    const outcome = await shutDown()
    const { shouldShutDown } = outcome.value as { readonly shouldShutDown: boolean }
    if (shouldShutDown || tries > 100) return outcome
    await pause()
  }
}

const falls: Scenario = {
  name: 'BrokerHeartbeat: who is not heard for the time of a session is fenced, and leads again when it is',
  versions: [2],
  async run(stage, version) {
    const broker = await FakeBroker.serving(stage, 1)
    const name = stage.name('t')
    await createWith(stage, name, [[broker.id, REAL], [broker.id], [REAL, broker.id]])
    const led = await untilLedBy(stage, name, [broker.id, broker.id, REAL])
    const fenced = await untilLedBy(stage, name, [REAL, -1, REAL])
    const heard = await broker.controller.exchange(BrokerHeartbeatApi, version, broker.heartbeat())
    const again = await untilLedBy(stage, name, [REAL, broker.id, REAL])
    await broker.leave()
    return { led, fenced, heard, again, left: await untilLedBy(stage, name, [REAL, -1, REAL]) }
  },
}

const returns: Scenario = {
  name: 'BrokerHeartbeat: back after a clean shutdown, and after another one',
  versions: [2],
  async run(stage) {
    const broker = await FakeBroker.serving(stage, 1)
    const name = stage.name('t')
    await createWith(stage, name, [[broker.id], [broker.id, REAL]], { 'min.insync.replicas': '2' })
    await untilLedBy(stage, name, [broker.id, broker.id])
    const clean = await broker.beat({ wantFence: true, wantShutDown: true })
    const stopped = await untilLedBy(stage, name, [-1, REAL])
    await untilRegistered(broker, 'B', broker.epoch)
    const returned = await until(stage, name, ([first]) => first?.leaderId === -1)
    const served = [await broker.beat(), await untilLedBy(stage, name, [broker.id, REAL])]
    await broker.beat({ wantFence: true })
    await untilRegistered(broker, 'C', -1)
    const uncleanly = await until(stage, name, ([, second]) => second?.eligibleLeaderReplicas?.length === 0)
    const after = [await broker.beat(), await untilLedBy(stage, name, [broker.id, REAL])]
    await broker.leave()
    return { clean, stopped, returned, served, uncleanly, after }
  },
}

/** The session of the last incarnation must end first. */
async function untilRegistered(broker: FakeBroker, letter: string, previousBrokerEpoch: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await broker.register({ incarnationId: broker.incarnation(letter), previousBrokerEpoch })
    } catch (error) {
      if (tries > 100) throw error
      await pause(200)
    }
  }
}

const directories: Scenario = {
  name: 'BrokerHeartbeat: directories that fail, and that are cordoned',
  versions: [1, 2],
  async run(stage, version) {
    const broker = await FakeBroker.of(stage, 1)
    await broker.register({ logDirs: [broker.directory('A')] })
    await broker.beat()
    const name = stage.name('t')
    await createWith(stage, name, [[broker.id, REAL], [broker.id]])
    const beat = (change: Partial<BrokerHeartbeatRequest>) => broker.controller.exchange(BrokerHeartbeatApi, version, broker.heartbeat(change))
    const outcomes: unknown[] = []
    if (version >= 2) {
      outcomes.push(await beat({ cordonedLogDirs: [broker.directory('A')] }), await place(stage, 'c'))
      outcomes.push(await beat({ cordonedLogDirs: [] }), await place(stage, 'd'))
    }
    outcomes.push(await beat({ offlineLogDirs: [broker.directory('B')] }), await untilLedBy(stage, name, [broker.id, broker.id]))
    outcomes.push(await beat({ offlineLogDirs: [broker.directory('A')] }), await untilLedBy(stage, name, [REAL, -1]))
    await broker.leave()
    return outcomes
  },
}

/** Whether two replicas find a place, on the real broker and the fake one. */
async function place(stage: Stage, what: string): Promise<unknown> {
  const topic = { name: stage.name(what), numPartitions: 1, replicationFactor: 2, assignments: [], configs: [] }
  return stage.client.exchange(CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000, validateOnly: true })
}

export const heartbeatScenarios: readonly Scenario[] = [states, handsOver, falls, returns, directories]

import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import type { Scenario, Stage } from '../../scenario.ts'
import { FakeBroker } from './fake-broker.ts'
import { REAL, until } from './partitions.ts'

const TIMEOUT_MS = 20_000
const PARTITIONS = 18

/** What holds of replicas though they are drawn by lot: over how many racks they spread, and who never leads. */
async function placed(stage: Stage, rackOf: ReadonlyMap<number, string>, fencedId: number, replicationFactor: number) {
  const name = stage.name(`by-${replicationFactor}`)
  const topic = { name, numPartitions: PARTITIONS, replicationFactor, assignments: [], configs: [] }
  const { topics } = await stage.client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: TIMEOUT_MS })
  if (topics[0]?.errorCode !== 0) return topics[0]?.errorCode
  const partitions = await until(stage, name, ({ length }) => length === PARTITIONS)
  const replicas = partitions.map(({ replicaNodes }) => replicaNodes)
  const racks = replicas.map((ids) => new Set(ids.map((id) => rackOf.get(id))).size)
  return {
    racks: [...new Set(racks)],
    isDistinct: replicas.every((ids) => new Set(ids).size === replicationFactor),
    isLedByFenced: replicas.some(([first]) => first === fencedId),
  }
}

const byRacks: Scenario = {
  name: 'CreateTopics: replicas spread over racks, and fenced brokers never lead',
  versions: [0],
  async run(stage) {
    const rackOf = new Map([[REAL, 'none']])
    const brokers: FakeBroker[] = []
    for (const [number, rack] of [null, 'a', 'a', 'b', 'b'].entries()) {
      const broker = await FakeBroker.serving(stage, number + 1, { rack })
      rackOf.set(broker.id, rack ?? 'none')
      brokers.push(broker)
    }
    const fenced = await FakeBroker.of(stage, 6)
    await fenced.register({ rack: 'c' })
    brokers.push(fenced)
    rackOf.set(fenced.id, 'c')
    const outcomes = []
    for (const replicationFactor of [1, 2, 3, 4, 7]) outcomes.push(await placed(stage, rackOf, fenced.id, replicationFactor))
    outcomes.push(await placed(stage, rackOf, fenced.id, 8))
    for (const broker of brokers) await broker.leave()
    return outcomes
  },
}

export const placementScenarios: readonly Scenario[] = [byRacks]

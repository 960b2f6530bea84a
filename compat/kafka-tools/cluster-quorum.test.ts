import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ClusterSuite, startClusterSuite } from './cluster-suite.ts'
import { rows, unique } from './tool-suite.ts'

const IDS = [1, 2, 3]

/** Three nodes that are broker and controller each. */
let suite: ClusterSuite
beforeAll(async () => {
  suite = await startClusterSuite(['broker,controller', 'broker,controller', 'broker,controller'])
}, 120_000)
afterAll(() => suite?.[Symbol.asyncDispose]())

async function status(via: number): Promise<Readonly<Record<string, string>>> {
  const printed = rows(await suite.output(via, 'kafka-metadata-quorum', 'describe --status'))
  return Object.fromEntries(printed.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

async function untilLeader(via: number, isIt: (id: number) => boolean): Promise<number> {
  for (let tries = 0; ; tries++) {
    const { LeaderId } = await status(via)
    if (isIt(Number(LeaderId))) return Number(LeaderId)
    if (tries > 50) throw new Error(`broker ${via} still says that ${LeaderId} leads`)
  }
}

test('kafka-metadata-quorum says the same of the quorum, whichever broker is asked', async () => {
  const leaders = new Set<string>()
  for (const id of IDS) {
    const { LeaderId = '', CurrentVoters = '', CurrentObservers } = await status(id)
    leaders.add(LeaderId)
    expect(JSON.parse(CurrentVoters).map((voter: { readonly id: number }) => voter.id)).toEqual(IDS)
    expect(CurrentObservers).toBe('[]')
  }
  expect(leaders.size).toBe(1)
  const [, ...nodes] = rows(await suite.output(2, 'kafka-metadata-quorum', 'describe --replication'))
  expect(nodes.map((line) => line.split(' ').at(-1)).sort()).toEqual(['Follower', 'Follower', 'Leader'])
  expect(nodes.map((line) => Number(line.split(' ')[0])).sort()).toEqual(IDS)
})

test('kafka-topics makes a topic at any broker, and each of the others knows it', async () => {
  for (const via of IDS) {
    const name = unique('made')
    await suite.output(via, 'kafka-topics', `--create --topic ${name} --partitions 3 --replication-factor 3`)
    const told = new Set<string>()
    for (const id of IDS) {
      const [, ...partitions] = rows(await suite.output(id, 'kafka-topics', `--describe --topic ${name}`))
      told.add(partitions.join('\n'))
      const leaders = partitions.map((line) => Number(/Leader: (\d+)/.exec(line)?.[1]))
      expect(leaders.sort(), `of ${name} at ${id}`).toEqual(IDS)
    }
    expect(told.size).toBe(1)
    await suite.output(via, 'kafka-topics', `--delete --topic ${name}`)
  }
})

test('kafka-features upgrades what all nodes know, and the quorum to one whose voters may change', async () => {
  // Voters say what they support when they have followed a leader for a while, as Apache Kafka's do.
  await expect
    .poll(async () => (await suite.run(1, 'kafka-features', 'upgrade --feature kraft.version=1')).stdout, { timeout: 20_000 })
    .toContain('kraft.version was upgraded to 1.')
  for (const id of IDS) {
    const kraft = rows(await suite.output(id, 'kafka-features', 'describe')).find((line) => line.startsWith('Feature: kraft.version '))
    expect(kraft, `at ${id}`).toContain('FinalizedVersionLevel: 1')
  }
  const voters = JSON.parse(String((await status(3)).CurrentVoters)) as readonly { readonly directoryId?: string }[]
  expect(new Set(voters.map(({ directoryId }) => directoryId)).size).toBe(3)
  const refused = await suite.run(2, 'kafka-features', 'downgrade --feature kraft.version=0')
  expect([refused.exit, refused.stdout]).toEqual([1, expect.stringContaining('Could not downgrade kraft.version to 0.')])
  const unknown = await suite.run(3, 'kafka-features', 'upgrade --feature group.version=9')
  expect(unknown.stdout).toMatch(/Local controller \d only supports versions 0-1/)
})

test('kafka-cluster lists brokers and controllers of all nodes, whichever of them is asked', async () => {
  for (const id of IDS) {
    const controllers = rows(await suite.outputOfController(id, 'kafka-cluster', 'list-endpoints'))
    expect(controllers.slice(1).map((line) => line.split(' ').slice(0, 3))).toEqual(
      IDS.map((other) => [String(other), '127.0.0.1', String(suite.cluster.node(other).place.ports.controller?.advertised)]),
    )
  }
  const brokers = rows(await suite.output(2, 'kafka-cluster', 'list-endpoints'))
  expect(brokers.slice(1).map((line) => line.split(' ').slice(0, 5))).toEqual(
    IDS.map((id) => [String(id), '127.0.0.1', String(suite.cluster.clientPort(id)), `rack-${id}`, 'unfenced']),
  )
})

test('what is asked for is done by the next controller when the active one is killed, and by the one after it', async () => {
  for (const _ of [1, 2]) {
    const leader = await untilLeader(1, () => true)
    const others = IDS.filter((id) => id !== leader)
    await suite.cluster.node(leader).kill()
    const via = others[0] as number
    await untilLeader(via, (id) => id !== leader)
    const name = unique('after')
    await suite.output(via, 'kafka-topics', `--create --topic ${name} --partitions 2 --replication-factor 2`)
    expect((await suite.output(others[1] as number, 'kafka-topics', '--list')).split('\n')).toContain(name)
    await suite.cluster.node(leader).start()
    expect((await suite.output(leader, 'kafka-topics', '--list')).split('\n')).toContain(name)
  }
}, 180_000)

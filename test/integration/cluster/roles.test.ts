import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../support/free-ports.ts'
import { Odradek } from '../odradek.ts'
import { clusterClient, connectedProducer, readAll, send } from './cluster-client.ts'

const READY = 'odradek is ready'
const STOPPED_WITHIN_MS = 8_000

let data: string
let nodes: readonly Odradek[] = []
let brokers: readonly string[] = []

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'odradek-roles-'))
  const [controllerPort, ...brokerPorts] = await freePorts(3)
  brokers = brokerPorts.map((port) => `127.0.0.1:${port}`)
  const quorum = `controller.quorum.voters=1@127.0.0.1:${controllerPort}`
  const common = [
    quorum,
    'controller.listener.names=CONTROLLER',
    'metrics.port=0',
    'group.initial.rebalance.delay.ms=0',
    'offsets.topic.num.partitions=4',
    'offsets.topic.replication.factor=2',
  ]
  const start = async (id: number, role: string, listener: string) => {
    const settings = [...common, `node.id=${id}`, `process.roles=${role}`, `listeners=${listener}`, `log.dirs=${join(data, `${id}`)}`]
    const flags = ['--profile', 'kafka', ...settings.flatMap((setting) => ['--set', setting])]
    await using formatting = new Odradek(['format', '--cluster-id', '4L6g3nShT-eMCtK--X86sw', ...flags])
    expect(await formatting.exit()).toBe(0)
    return new Odradek(['start', ...flags])
  }
  // The brokers wait for their controller.
  const two = await start(2, 'broker', `PLAINTEXT://${brokers[0]}`)
  const three = await start(3, 'broker', `PLAINTEXT://${brokers[1]}`)
  nodes = [await start(1, 'controller', `CONTROLLER://127.0.0.1:${controllerPort}`), two, three]
  await Promise.all(nodes.map((node) => node.line(READY)))
}, 60_000)

afterAll(async () => {
  for (const node of nodes) await node[Symbol.asyncDispose]()
  await rm(data, { recursive: true, force: true })
})

describe('two brokers and a controller in processes of their own', () => {
  test('make topics, keep records and serve groups, by any of the brokers', async () => {
    for (const [index, broker] of brokers.entries()) {
      const topic = `by-${index}`
      const admin = clusterClient(broker).admin()
      await admin.connect()
      await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 2 }], waitForLeaders: false })
      const { brokers: told } = await admin.describeCluster()
      expect(told.map(({ nodeId }) => nodeId)).toEqual([2, 3])
      await admin.disconnect()
      const producer = await connectedProducer(broker)
      const sent = await send(producer, topic, 0, 20)
      await producer.disconnect()
      expect((await readAll(broker, `group-${index}`, topic, sent)).toSorted()).toEqual(sent.toSorted())
    }
  }, 60_000)

  test('stop one after the other, the brokers while the controller lets them go', async () => {
    const [controller, ...others] = nodes as readonly [Odradek, ...Odradek[]]
    for (const node of [...others, controller]) {
      const startMs = performance.now()
      node.process.kill('SIGTERM')
      expect(await node.exit()).toBe(0)
      expect(performance.now() - startMs).toBeLessThan(STOPPED_WITHIN_MS)
      expect(node.lines.filter(({ msg }) => msg === 'the controller did not let the broker go')).toEqual([])
    }
  }, 60_000)
})

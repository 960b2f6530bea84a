import { describe, expect, test } from 'vitest'
import { describeCluster } from '../../src/node/join/told-cluster.ts'
import { nodePorts } from '../../src/platform/node-ports.ts'
import { BackupNodes } from '../../test/integration/backup/backup-nodes.ts'
import { checkOrders, createTopic, Orders, readByExample } from '../../test/integration/backup/orders.ts'

const TOPIC = 'orders'
const NODES = [1, 2, 3] as const
const QUESTION = { ...nodePorts(), clientId: 'test', timeoutMs: 5_000 }

/** Resolves when so many nodes vote. */
async function untilVoters(port: number, count: number): Promise<void> {
  for (;;) {
    const told = await describeCluster({ host: 'localhost', port }, QUESTION).catch((error: unknown) => error as Error)
    if (!(told instanceof Error) && told.voters.length === count) return
    await QUESTION.timers.sleep(100)
  }
}

async function threeNodes(): Promise<BackupNodes> {
  const nodes = await BackupNodes.make()
  for (const nodeId of NODES) await nodes.startMember(nodeId)
  await untilVoters(nodes.port(1), NODES.length)
  await createTopic(nodes.bootstrapServers, TOPIC, 3)
  return nodes
}

describe('a cluster', () => {
  test('that is lost whole serves from the backups of its nodes, made one after another while it served', { timeout: 300_000 }, async () => {
    await using nodes = await threeNodes()
    await using orders = await Orders.begin(nodes.bootstrapServers, TOPIC)
    await orders.more(100)
    const before = [...orders.acknowledged]
    for (const nodeId of NODES) {
      expect(await nodes.backup(nodeId)).toMatchObject({ exit: 0, err: '' })
      await orders.more(20)
    }
    await orders.stop()
    for (const nodeId of NODES) await nodes.kill(nodeId)
    for (const nodeId of NODES) nodes.lose(nodeId)
    for (const nodeId of NODES) expect(await nodes.restore(nodeId)).toMatchObject({ exit: 0 })
    await Promise.all(NODES.map((nodeId) => nodes.restartMember(nodeId)))
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, before), before)
    await using after = await Orders.begin(nodes.bootstrapServers, 'shipments')
    await after.more(10)
  })

  test('that lives fills a broker whose directory is empty, and one that was restored from an older backup', { timeout: 300_000 }, async () => {
    await using nodes = await threeNodes()
    await using orders = await Orders.begin(nodes.bootstrapServers, TOPIC)
    await nodes.startMember(4, '--set', 'process.roles=broker')
    await createTopic(nodes.bootstrapServers, 'wide', 8)
    await using wide = await Orders.begin(nodes.bootstrapServers, 'wide')
    await wide.more(100)
    expect(await nodes.backup(4)).toMatchObject({ exit: 0 })
    await wide.more(50)
    await nodes.kill(4)
    await wide.more(50)
    nodes.lose(4)
    expect(await nodes.restore(4)).toMatchObject({ exit: 0 })
    await nodes.startMember(4, '--set', 'process.roles=broker')
    await wide.more(50)
    await nodes.kill(4)
    nodes.lose(4)
    await nodes.startMember(4, '--set', 'process.roles=broker')
    await wide.more(50)
    const [sent, sentWide] = [await orders.stop(), await wide.stop()]
    checkOrders(await readByExample(nodes.bootstrapServers, 'wide', sentWide), sentWide)
    checkOrders(await readByExample(nodes.bootstrapServers, TOPIC, sent), sent)
  })
})

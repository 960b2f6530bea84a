import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { untilState } from '../support/cluster/administer.ts'
import { type ClusterSuite, startClusterSuite } from './cluster-suite.ts'
import { rows, unique } from './tool-suite.ts'

/** Three brokers, and a controller by itself, which outlives what happens to them. */
let suite: ClusterSuite
beforeAll(async () => {
  suite = await startClusterSuite(['broker', 'broker', 'broker', 'controller'])
}, 120_000)
afterAll(() => suite?.[Symbol.asyncDispose]())

const node = (id: number) => suite.cluster.node(id)
const create = (name: string, replicas: string, configs = '') =>
  suite.output(
    1,
    'kafka-topics',
    `--create --topic ${name} --replica-assignment ${replicas}${configs
      .split(' ')
      .map((one) => (one === '' ? '' : ` --config ${one}`))
      .join('')}`,
  )

async function reassignment(topic: string, replicas: readonly number[]): Promise<string> {
  const file = join(tmpdir(), `${topic}-${process.pid}.json`)
  await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, replicas }] }))
  return file
}

test('kafka-reassign-partitions moves a partition to other brokers, and says when it is there', async () => {
  const topic = unique('moved')
  await create(topic, '1:2')
  const file = await reassignment(topic, [3, 1])
  const run = (what: string) => suite.output(2, 'kafka-reassign-partitions', `--reassignment-json-file ${file} ${what}`)
  expect(await run('--execute')).toContain(`Successfully started partition reassignment for ${topic}-0`)
  await untilState(suite.cluster, 2, topic, 'it is on 3 and 1', ({ replicas, isr }) => `${replicas}` === '3,1' && `${isr}` === '1,3')
  expect(await run('--verify')).toContain(`Reassignment of partition ${topic}-0 is completed.`)
  expect(rows(await suite.output(3, 'kafka-reassign-partitions', '--list'))).toEqual(['No partition reassignments found.'])
})

test('kafka-reassign-partitions takes back a move to a broker that does not follow', async () => {
  const topic = unique('cancelled')
  await create(topic, '1:2')
  const way = suite.cluster.proxy(1, 'replication')
  way.silence()
  const file = await reassignment(topic, [1, 3])
  const run = (what: string) => suite.output(2, 'kafka-reassign-partitions', `--reassignment-json-file ${file} ${what}`)
  await run('--execute')
  expect(rows(await suite.output(1, 'kafka-reassign-partitions', '--list'))).toEqual([
    'Current partition reassignments:',
    `${topic}-0: replicas: 1,3,2. adding: 3. removing: 2.`,
  ])
  expect(await run('--cancel')).toContain(`Successfully cancelled partition reassignment for: ${topic}-0`)
  await untilState(suite.cluster, 2, topic, 'it is on 1 and 2 again', ({ replicas }) => `${replicas}` === '1,2')
  way.heal()
})

test('a broker that stops hands over what it leads, and kafka-leader-election gives it back', async () => {
  const topic = unique('handed')
  await create(topic, '2:3:1')
  await node(2).stop()
  const led = await untilState(suite.cluster, 1, topic, 'another one leads', ({ leader }) => leader === 3)
  expect(led.isr).toEqual([1, 3])
  const early = await suite.run(1, 'kafka-leader-election', `--election-type preferred --topic ${topic} --partition 0`)
  expect(`${early.stdout}${early.stderr}`).toContain('PreferredLeaderNotAvailableException')
  await node(2).start()
  await untilState(suite.cluster, 1, topic, 'it is in sync again', ({ isr }) => isr.length === 3)
  expect(await suite.output(3, 'kafka-leader-election', `--election-type preferred --topic ${topic} --partition 0`)).toContain(
    `Successfully completed leader election (PREFERRED) for partitions ${topic}-0`,
  )
  await untilState(suite.cluster, 1, topic, 'the first replica leads', ({ leader }) => leader === 2)
})

test('a broker that is paused for longer than its session is fenced, and serves again when it goes on', async () => {
  const topic = unique('paused')
  await create(topic, '2:3')
  node(2).pause()
  await untilState(suite.cluster, 1, topic, 'the other one leads alone', ({ leader, isr }) => leader === 3 && `${isr}` === '3')
  const brokers = rows(await suite.output(1, 'kafka-cluster', 'list-endpoints --include-fenced-brokers'))
  expect(brokers.find((line) => line.startsWith('2 '))).toContain(' fenced broker')
  node(2).resume()
  await untilState(suite.cluster, 1, topic, 'both are in sync', ({ isr }) => isr.length === 2)
})

test('kafka-leader-election elects uncleanly when nobody else is left, and not before it is asked to', async () => {
  const topic = unique('unclean')
  await create(topic, '1:2', 'min.insync.replicas=1')
  await node(2).stop()
  await untilState(suite.cluster, 1, topic, 'one is in sync', ({ isr }) => `${isr}` === '1')
  await node(1).kill()
  await untilState(suite.cluster, 3, topic, 'nobody leads', ({ leader }) => leader === -1)
  await node(2).start()
  const elect = () => suite.run(3, 'kafka-leader-election', `--election-type unclean --topic ${topic} --partition 0`)
  expect((await elect()).stdout).toContain(`Successfully completed leader election (UNCLEAN) for partitions ${topic}-0`)
  await untilState(suite.cluster, 3, topic, 'the other one leads', ({ leader, isr }) => leader === 2 && `${isr}` === '2')
  await node(1).start()
  await untilState(suite.cluster, 3, topic, 'both are in sync', ({ isr }) => isr.length === 2)
})

test('replicas that leave the ISR below min.insync.replicas stay eligible, until that setting changes', async () => {
  const topic = unique('eligible')
  await create(topic, '1:2', 'min.insync.replicas=2')
  await node(2).stop()
  const described = async () => rows(await suite.output(3, 'kafka-topics', `--describe --topic ${topic}`))[1] ?? ''
  await untilState(suite.cluster, 3, topic, 'one is in sync', ({ isr }) => `${isr}` === '1')
  expect(await described()).toContain('Elr: 2')
  await suite.output(3, 'kafka-configs', `--alter --entity-type topics --entity-name ${topic} --add-config min.insync.replicas=1`)
  expect(await described()).not.toContain('Elr: 2')
  await node(2).start()
})

test('kafka-cluster unregisters a broker that is down, which leads nothing and is listed nowhere', async () => {
  const topic = unique('forgotten')
  await create(topic, '3:1')
  await node(3).kill()
  await untilState(suite.cluster, 1, topic, 'the other one leads', ({ leader }) => leader === 1)
  expect(await suite.output(1, 'kafka-cluster', 'unregister --id 3')).toContain('Broker 3 is no longer registered.')
  const brokers = rows(await suite.output(2, 'kafka-cluster', 'list-endpoints --include-fenced-brokers'))
  expect(brokers.slice(1).map((line) => line.split(' ')[0])).toEqual(['1', '2'])
  await node(3).start()
  await untilState(suite.cluster, 1, topic, 'both are in sync', ({ isr }) => isr.length === 2)
})

import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { untilState } from '../support/cluster/administer.ts'
import { type ClusterSuite, startClusterSuite } from './cluster-suite.ts'
import { rows, unique } from './tool-suite.ts'

const RECORDS = 10_000
const RECORD_BYTES = 500
/** Bytes per second: what is copied before the limit is felt is a part of the records, and the rest would take minutes. */
const SLOW = 20_000
const FAST = 100_000_000

let metricsPorts: readonly number[] = []
/** Three brokers, each in a rack of its own, and a controller by itself. */
let suite: ClusterSuite
beforeAll(async () => {
  metricsPorts = await freePorts(4)
  const settings = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' }
  suite = await startClusterSuite(['broker', 'broker', 'broker', 'controller'], settings, (index) => ({ 'metrics.port': metricsPorts[index] as number }))
}, 240_000)
afterAll(() => suite?.[Symbol.asyncDispose]())

/** A topic with so many records on two brokers. */
async function filled(replicas: string): Promise<string> {
  const topic = unique('filled')
  await suite.output(1, 'kafka-topics', `--create --topic ${topic} --replica-assignment ${replicas}`)
  const produced = `--topic ${topic} --num-records ${RECORDS} --record-size ${RECORD_BYTES} --throughput -1 --command-property acks=all`
  await suite.output(1, 'kafka-producer-perf-test', produced)
  return topic
}

async function throttles(): Promise<readonly string[]> {
  const printed: string[] = []
  for (const id of [1, 2, 3]) printed.push(await suite.output(1, 'kafka-configs', `--describe --entity-type brokers --entity-name ${id}`))
  return printed.flatMap((text) => text.match(/^ +\w+\.replication\.throttled\.rate=\d+/gm) ?? [])
}

test('kafka-reassign-partitions moves a partition no faster than it is told, until it is told otherwise', async () => {
  const topic = await filled('1:2')
  const file = join(tmpdir(), `${topic}-${process.pid}.json`)
  await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, replicas: [1, 3] }] }))
  const run = (what: string) => suite.output(2, 'kafka-reassign-partitions', `--reassignment-json-file ${file} ${what}`)
  expect(await run(`--execute --throttle ${SLOW}`)).toContain(`The inter-broker throttle limit was set to ${SLOW} B/s`)
  await sleep(3_000)
  expect(rows(await suite.output(1, 'kafka-reassign-partitions', '--list'))).toContain(`${topic}-0: replicas: 1,3,2. adding: 3. removing: 2.`)
  expect(await run('--verify')).toContain(`Reassignment of partition ${topic}-0 is still in progress.`)
  expect(await throttles()).not.toEqual([])
  await run(`--execute --additional --throttle ${FAST}`)
  await untilState(suite.cluster, 2, topic, 'it is on 1 and 3', ({ replicas, isr }) => `${replicas}` === '1,3' && `${isr}` === '1,3')
  expect(await run('--verify')).toContain(`Reassignment of partition ${topic}-0 is completed.`)
  expect(await throttles()).toEqual([])
})

/** Records per second that consumers got of a broker of Odradek, over the last minute. */
async function sentToConsumers(brokerId: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${metricsPorts[brokerId - 1]}/metrics`)).text()
  return Number(/^messages_out_per_sec (\S+)$/m.exec(metrics)?.[1])
}

test('a consumer in the rack of a follower reads from that one, and one without a rack from the leader', async () => {
  const topic = await filled('1:2')
  const read = async (more: string) => {
    const printed = await suite.output(3, 'kafka-console-consumer', `--topic ${topic} --from-beginning --max-messages ${RECORDS} --timeout-ms 20000 ${more}`)
    expect(rows(printed)).toHaveLength(RECORDS)
  }
  await read('--command-property client.rack=rack-2')
  // The leader says where to read, and sends nothing.
  const isTold = suite.cluster.node(1).plan.kind === 'odradek'
  if (isTold) expect([await sentToConsumers(1), await sentToConsumers(2)]).toEqual([0, expect.toSatisfy((rate: number) => rate > 0)])
  await read('')
  if (isTold) expect(await sentToConsumers(1)).toBeGreaterThan(0)
})

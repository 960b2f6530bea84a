import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { untilState } from '../support/cluster/administer.ts'
import { runJavaProcess } from '../support/java-tools.ts'
import { type ClusterSuite, startClusterSuite } from './cluster-suite.ts'
import { TOOLS } from './tool-suite.ts'

const IDS = [1, 2, 3]
const TOPIC = 'segments'
const RECORDS = 12_000
const COMPLAINTS = /isvalid: false|mismatch|out of order|not passed|Invalid|Exception|Found timestamp/i

/** Three nodes, of which each has a replica; the second leads after the first was stopped. */
let suite: ClusterSuite
beforeAll(async () => {
  const roles = IDS.map(() => 'broker,controller' as const)
  const settings = { 'default.replication.factor': 3, 'metadata.log.max.record.bytes.between.snapshots': 4_000 }
  // It is the last to be stopped: nobody is left then who could let it go, which Apache Kafka waits for.
  const isLast = (index: number) => IDS[index] === 2
  suite = await startClusterSuite(roles, settings, (index) => (isLast(index) ? { 'controlled.shutdown.enable': false } : {}))
  await suite.output(1, 'kafka-topics', `--create --topic ${TOPIC} --replica-assignment 1:2:3 --config segment.bytes=1048576`)
  await load(1)
  await suite.cluster.node(1).stop()
  await untilState(suite.cluster, 2, TOPIC, 'another one leads', ({ leader }) => leader === 2)
  await load(2)
  await suite.cluster.node(1).start()
  await untilState(suite.cluster, 2, TOPIC, 'all are in sync', ({ isr }) => isr.length === IDS.length)
  for (const id of [3, 1, 2]) await suite.cluster.node(id).stop()
}, 300_000)
afterAll(() => suite?.[Symbol.asyncDispose]())

async function load(via: number): Promise<void> {
  await suite.output(
    via,
    'kafka-producer-perf-test',
    `--topic ${TOPIC} --num-records ${RECORDS / 2} --record-size 200 --throughput -1 --producer-props acks=all`,
  )
}

async function files(id: number, partition: string, ending: string): Promise<readonly string[]> {
  const directory = join(suite.cluster.node(id).dataDirectory, partition)
  return (await readdir(directory))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(directory, name))
}

async function dump(paths: readonly string[], ...args: readonly string[]): Promise<string> {
  const { exit, stdout } = await runJavaProcess(TOOLS['kafka-dump-log'], ['--files', paths.join(','), ...args])
  expect(exit).toBe(0)
  expect(stdout).not.toMatch(COMPLAINTS)
  return stdout
}

/** Of each batch what does not depend on where its segment begins. */
function batchesIn(printed: string): readonly string[] {
  return printed.split('\n').flatMap((line) => (line.startsWith('baseOffset: ') ? [line.replace(/position: \d+ /, '')] : []))
}

function baseOffsetOf(line = ''): number {
  return Number(/^baseOffset: (\d+) /.exec(line)?.[1])
}

describe('kafka-dump-log', () => {
  test('finds the same batches with every replica, of both leader epochs, and no fault', async () => {
    const printed = await Promise.all(IDS.map(async (id) => batchesIn(await dump(await files(id, `${TOPIC}-0`, '.log')))))
    expect(printed[0]?.at(-1)).toContain(`lastOffset: ${RECORDS - 1} `)
    for (const epoch of [0, 1]) expect(printed[0]?.some((line) => line.includes(`partitionLeaderEpoch: ${epoch} `))).toBe(true)
    expect(printed[1]).toEqual(printed[0])
    expect(printed[2]).toEqual(printed[0])
  })

  test('finds the indexes of followers sound', async () => {
    for (const id of IDS) {
      for (const ending of ['.index', '.timeindex']) {
        const paths = await files(id, `${TOPIC}-0`, ending)
        const checked = await dump(paths, '--index-sanity-check')
        for (const path of paths) expect(checked).toContain(`${path} passed sanity check.`)
      }
    }
  })

  test('decodes the metadata log of every controller, the same below what all of them have', async () => {
    const printed = await Promise.all(
      IDS.map(async (id) => batchesIn(await dump(await files(id, '__cluster_metadata-0', '.log'), '--cluster-metadata-decoder'))),
    )
    // Whoever was away may have begun with a snapshot, behind what the others have from the start.
    const start = Math.max(...printed.map(([first]) => baseOffsetOf(first)))
    const shared = printed.map((lines) => lines.filter((line) => baseOffsetOf(line) >= start))
    // The last ones were perhaps not committed when the majority was gone.
    const common = Math.min(...shared.map((lines) => lines.length)) - 3
    // How many records stand there is a matter of time, and of when snapshots were made.
    expect(common).toBeGreaterThan(2)
    for (const lines of shared) expect(lines.slice(0, common)).toEqual(shared[0]?.slice(0, common))
  })
})

test('leader epochs are the same with every replica', async () => {
  for (const id of IDS) {
    const checkpoint = await readFile(join(suite.cluster.node(id).dataDirectory, `${TOPIC}-0`, 'leader-epoch-checkpoint'), 'utf8')
    expect(checkpoint).toBe(`0\n2\n0 0\n1 ${RECORDS / 2}\n`)
  }
})

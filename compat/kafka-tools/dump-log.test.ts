import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite } from './tool-suite.ts'

const RECORDS = 12_000
const TOPIC = 'segments'
const GROUP = 'readers'
/** What the tool prints, without failing, of an index that does not fit its log and of offsets with holes. */
const COMPLAINTS = /isvalid: false|mismatch|out of order|Non-consecutive|not passed|Invalid|Exception|Found timestamp/i
/** With --deep-iteration the tool misses, at the first record of each segment but the first, the records before it. */
const FIRST_OF_LATER_SEGMENT = /Non-consecutive offsets in \S+\n {2}-1 is followed by \d+\n/g

let suite: ToolSuite
let directory: string
beforeAll(async () => {
  // Little enough that what is written here makes snapshots.
  suite = await startToolSuite({ 'metadata.log.max.record.bytes.between.snapshots': 2_000 })
  directory = suite.broker.dataDirectory
  await suite.output('kafka-topics', `--create --topic ${TOPIC} --config segment.bytes=1048576 --config index.interval.bytes=512`)
  await suite.output('kafka-producer-perf-test', `--topic ${TOPIC} --num-records ${RECORDS} --record-size 200 --throughput -1`)
  await suite.output('kafka-console-producer', `--topic words --compression-codec zstd --reader-property parse.key=true --reader-property parse.headers=true`, {
    stdin: 'h1:v1,h2:v2\tkey\tvalue\nh:x\tk2\tv2\n',
  })
  await suite.output('kafka-console-consumer', `--topic words --group ${GROUP} --from-beginning --max-messages 2`)
  await administer()
  await suite.broker.stop()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

/** One of each kind of change that the metadata log keeps. */
async function administer(): Promise<void> {
  const alter = (entity: string, name: string, setting: string) =>
    suite.output('kafka-configs', `--alter --entity-type ${entity} --entity-name ${name} --add-config ${setting}`)
  await suite.output('kafka-topics', '--create --topic gone')
  await suite.output('kafka-topics', '--delete --topic gone')
  await suite.output('kafka-topics', '--alter --topic words --partitions 3')
  await alter('topics', 'words', 'min.insync.replicas=1')
  await alter('brokers', '1', 'log.cleaner.threads=2')
  await alter('groups', GROUP, 'consumer.session.timeout.ms=50000')
  await alter('client-metrics', 'subscription', 'interval.ms=7000')
  await suite.output('kafka-features', 'downgrade --feature group.version=0')
  await suite.output('kafka-features', 'upgrade --feature group.version=1')
  // An Apache Kafka that was unregistered while it runs does not stop (docs/differences.md).
  if (!suite.broker.isKafka) await suite.runOffline('kafka-cluster', `unregister --bootstrap-server ${suite.broker.bootstrap} --id 1`)
}

/** The files of a partition with this ending, in the order of their offsets. */
async function files(partition: string, ending: string): Promise<readonly string[]> {
  const names = (await readdir(join(directory, partition))).filter((name) => name.endsWith(ending)).sort()
  expect(names.length).toBeGreaterThan(0)
  return names.map((name) => join(directory, partition, name))
}

async function dump(paths: readonly string[], ...args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await suite.runOffline('kafka-dump-log', ['--files', paths.join(','), ...args])
  expect({ exit, stderr: stderr.replace(FIRST_OF_LATER_SEGMENT, '') }).toEqual({ exit: 0, stderr: '' })
  expect(stdout).not.toMatch(COMPLAINTS)
  return stdout
}

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] as string)
}

describe('the files of a partition', () => {
  test('segments hold every record, one after another', async () => {
    const paths = await files(`${TOPIC}-0`, '.log')
    expect(paths.length).toBeGreaterThan(2)
    const offsets = matches(await dump(paths, '--deep-iteration'), /^\| offset: (\d+) /gm)
    expect(offsets.map(Number)).toEqual(Array.from({ length: RECORDS }, (_, index) => index))
  })

  test('compressed batches are printed record by record', async () => {
    const printed = rows(await dump(await files('words-0', '.log'), '--print-data-log'))
    expect(printed[1]).toBe('Log starting offset: 0')
    expect(printed[2]).toMatch(
      /^baseOffset: 0 lastOffset: 1 count: 2 baseSequence: 0 lastSequence: 1 producerId: \d+ producerEpoch: 0 partitionLeaderEpoch: 0 isTransactional: false isControl: false deleteHorizonMs: OptionalLong.empty position: 0 CreateTime: \d+ size: \d+ magic: 2 compresscodec: zstd crc: \d+ isvalid: true$/,
    )
    expect(printed.slice(3).map((row) => row.replace(/CreateTime: \d+/, 'TIME'))).toEqual([
      '| offset: 0 TIME keySize: 3 valueSize: 5 sequence: 0 headerKeys: [h1,h2] key: key payload: value',
      '| offset: 1 TIME keySize: 2 valueSize: 2 sequence: 1 headerKeys: [h] key: k2 payload: v2',
    ])
  })

  test('indexes are sound and fit their segments', async () => {
    for (const ending of ['.index', '.timeindex']) {
      const paths = await files(`${TOPIC}-0`, ending)
      const checked = await dump(paths, '--index-sanity-check')
      for (const path of paths) expect(checked).toContain(`${path} passed sanity check.`)
      await dump(paths, '--verify-index-only')
    }
    const entries = matches(await dump((await files(`${TOPIC}-0`, '.index')).slice(0, 1)), /^offset: (\d+) position: \d+$/gm).map(Number)
    expect(entries.length).toBeGreaterThan(50)
    expect(entries).toEqual(entries.toSorted((a, b) => a - b))
  })

  test('snapshots of producers tell what the producer wrote last', async () => {
    const paths = await files(`${TOPIC}-0`, '.snapshot')
    const last = rows(await dump(paths.slice(-1))).at(-1)
    expect(last).toMatch(
      new RegExp(
        `^producerId: \\d+ producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: \\d{13} firstSequence: \\d+ lastSequence: ${RECORDS - 1} lastOffset: ${RECORDS - 1} offsetDelta: \\d+ timestamp: \\d{13}$`,
      ),
    )
  })

  test('leader epochs, checkpoints and the marker of a clean end are as Kafka writes them', async () => {
    const read = (name: string) => readFile(join(directory, name), 'utf8')
    expect(await read(`${TOPIC}-0/leader-epoch-checkpoint`)).toBe('0\n1\n0 0\n')
    expect(await read(`${TOPIC}-0/partition.metadata`)).toMatch(/^version: 0\ntopic_id: [\w-]{22}$/)
    for (const name of ['recovery-point-offset-checkpoint', 'replication-offset-checkpoint'])
      expect(rows(await read(name))).toEqual(expect.arrayContaining(['0', `${TOPIC} 0 ${RECORDS}`, 'words 0 2']))
    expect(rows(await read('log-start-offset-checkpoint'))[0]).toBe('0')
    expect(JSON.parse(await read('.kafka_cleanshutdown'))).toMatchObject({ version: 0, brokerEpoch: expect.any(Number) })
  })
})

test('the offsets of groups', async () => {
  const partitions = (await readdir(directory)).filter((name) => name.startsWith('__consumer_offsets-'))
  const paths = (await Promise.all(partitions.map((partition) => files(partition, '.log')))).flat()
  const printed = await dump(paths, '--offsets-decoder')
  expect(printed).toContain(`key: {"type":"1","data":{"group":"${GROUP}","topic":"words","partition":0}} payload: {"version":"4","data":{"offset":2,`)
  expect(printed).toContain(`key: {"type":"2","data":{"group":"${GROUP}"}} payload: {"version":"3","data":{"protocolType":"consumer","generation":1,`)
})

describe('the metadata log', () => {
  test('its records are told by name', async () => {
    const printed = await dump(await files('__cluster_metadata-0', '.log'), '--cluster-metadata-decoder')
    expect(printed).toMatch(/ LeaderChange: {"version":0,"leaderId":1,/)
    const types = new Set(matches(printed, /payload: {"type":"(\w+)"/g))
    for (const type of [
      'FEATURE_LEVEL_RECORD',
      'REGISTER_CONTROLLER_RECORD',
      'REGISTER_BROKER_RECORD',
      'TOPIC_RECORD',
      'PARTITION_RECORD',
      'CONFIG_RECORD',
      'PRODUCER_IDS_RECORD',
      'BROKER_REGISTRATION_CHANGE_RECORD',
      'CLEAR_ELR_RECORD',
      'PARTITION_CHANGE_RECORD',
      'REMOVE_TOPIC_RECORD',
      ...(suite.broker.isKafka ? [] : ['UNREGISTER_BROKER_RECORD']),
    ])
      expect(types).toContain(type)
    const setting = (type: number, resource: string, name: string, value: string) =>
      `"resourceType":${type},"resourceName":"${resource}","name":"${name}","value":"${value}"`
    expect(printed).toContain(setting(2, TOPIC, 'segment.bytes', '1048576'))
    expect(printed).toContain(setting(4, '1', 'log.cleaner.threads', '2'))
    expect(printed).toContain(setting(16, 'subscription', 'interval.ms', '7000'))
    expect(printed).toContain(setting(32, GROUP, 'consumer.session.timeout.ms', '50000'))
    expect(matches(printed, /"name":"group.version","featureLevel":(\d)/g)).toEqual(['1', '0', '1'])
  })

  test('its snapshots hold what is in force', async () => {
    const [latest = ''] = (await files('__cluster_metadata-0', '.checkpoint')).slice(-1)
    const printed = await dump([latest], '--cluster-metadata-decoder')
    expect(printed).toContain('SnapshotHeader {"version":0,')
    expect(rows(printed).at(-1)).toContain('SnapshotFooter {"version":0}')
    expect(printed).toContain(`{"type":"TOPIC_RECORD","version":0,"data":{"name":"${TOPIC}"`)
    expect(printed).not.toContain('"name":"gone"')
    expect(printed).toMatch(/"type":"REGISTER_CONTROLLER_RECORD"/)
  })

  test('the snapshot that it began with', async () => {
    const printed = rows(await dump([join(directory, 'bootstrap.checkpoint')], '--cluster-metadata-decoder'))
    expect(printed.some((row) => row.includes('SnapshotHeader {"version":0,'))).toBe(true)
    expect(printed.some((row) => row.includes('"name":"metadata.version","featureLevel":30'))).toBe(true)
    expect(printed.at(-1)).toContain('SnapshotFooter {"version":0}')
  })

  test('its quorum state names the leader', async () => {
    expect(JSON.parse(await readFile(join(directory, '__cluster_metadata-0', 'quorum-state'), 'utf8'))).toMatchObject({ leaderId: 1, leaderEpoch: 1 })
  })
})

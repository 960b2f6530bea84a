import { afterAll, beforeAll, expect, test } from 'vitest'
import { runJavaProcess } from '../support/java-tools.ts'
import { rows, startToolSuite, TOOLS, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

test('kafka-broker-api-versions finds all versions that this client would use', async () => {
  const [broker, ...apis] = rows(await suite.output('kafka-broker-api-versions', ''))
  expect(broker).toBe(`${suite.broker.bootstrap} (id: 1 rack: null isFenced: false) -> (`)
  expect(apis).toEqual(
    expect.arrayContaining([
      'Produce(0): 0 to 13 [usable: 13],',
      'Fetch(1): 4 to 18 [usable: 18],',
      'ListOffsets(2): 1 to 11 [usable: 11],',
      'Metadata(3): 0 to 13 [usable: 13],',
      'OffsetCommit(8): 2 to 10 [usable: 10],',
      'OffsetFetch(9): 1 to 10 [usable: 10],',
      'FindCoordinator(10): 0 to 6 [usable: 6],',
      'JoinGroup(11): 0 to 9 [usable: 9],',
      'ApiVersions(18): 0 to 4 [usable: 4],',
      'CreateTopics(19): 2 to 7 [usable: 7],',
      'DeleteRecords(21): 0 to 2 [usable: 2],',
      'InitProducerId(22): 0 to 5 [usable: 5],',
      'DescribeAcls(29): 1 to 3 [usable: 3],',
      'ElectLeaders(43): 0 to 2 [usable: 2],',
      'AlterPartitionReassignments(45): 0 to 1 [usable: 1],',
      'DescribeQuorum(55): 0 to 2 [usable: 2],',
      'UpdateFeatures(57): 0 to 2 [usable: 2],',
      'DescribeProducers(61): 0 [usable: 0],',
      'UnregisterBroker(64): 0 [usable: 0],',
    ]),
  )
  expect(apis.filter((line) => line.includes('NOT_USABLE') || line.includes('UNKNOWN'))).toEqual([])
})

test('kafka-cluster names the cluster and its brokers', async () => {
  const cluster = (what: string) => runJavaProcess(TOOLS['kafka-cluster'], [what, '--bootstrap-server', suite.broker.bootstrap])
  const id = await cluster('cluster-id')
  expect(id.exit).toBe(0)
  expect(id.stdout).toMatch(/^Cluster ID: [\w-]{22}\n$/)
  const [host, port] = suite.broker.bootstrap.split(':')
  expect(rows((await cluster('list-endpoints')).stdout)).toEqual(['ID HOST PORT RACK STATE ENDPOINT_TYPE', `1 ${host} ${port} null unfenced broker`])
})

test('kafka-cluster unregisters no broker that is not there', async () => {
  const { exit, stderr } = await suite.runOffline('kafka-cluster', ['unregister', '--bootstrap-server', suite.broker.bootstrap, '--id', '7'])
  expect(exit).toBe(1)
  expect(stderr).toContain('org.apache.kafka.common.errors.BrokerIdNotRegisteredException: Broker ID 7 is not currently registered')
})

test('kafka-transactions lists the producers of a partition', async () => {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic}`)
  await suite.output('kafka-console-producer', `--topic ${topic} --command-property enable.idempotence=true`, { stdin: 'one\ntwo\n' })
  const [head, producer = '', ...others] = rows(await suite.output('kafka-transactions', `describe-producers --topic ${topic} --partition 0`))
  expect(head).toBe('ProducerId ProducerEpoch LatestCoordinatorEpoch LastSequence LastTimestamp CurrentTransactionStartOffset')
  expect(producer).toMatch(/^\d+ 0 -1 1 \d{13} None$/)
  expect(others).toEqual([])
})

test('a tool that fails ends with its exit code, one that succeeds with 0', async () => {
  const topics = (...args: string[]) => runJavaProcess(TOOLS['kafka-topics'], ['--bootstrap-server', suite.broker.bootstrap, ...args])
  expect(await topics('--create', '--topic', 'once')).toMatchObject({ exit: 0, stdout: 'Created topic once.\n' })
  expect(await topics('--create', '--topic', 'once')).toMatchObject({ exit: 1 })
  expect(await topics('--delete', '--topic', 'absent')).toMatchObject({ exit: 1 })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows, startToolSuite, type Tool, type ToolSuite } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const ask = {
  broker: (tool: Tool, args: string) => suite.run(tool, args),
  controller: (tool: Tool, args: string) => suite.runOffline(tool, `--bootstrap-controller ${suite.broker.controllerBootstrap} ${args}`),
}
const both = ['broker', 'controller'] as const

test.each(both)('kafka-metadata-quorum asks the %s who leads', async (whom) => {
  const { exit, stdout } = await ask[whom]('kafka-metadata-quorum', 'describe --status')
  expect(exit).toBe(0)
  const status = Object.fromEntries(rows(stdout).map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
  expect(status).toMatchObject({ LeaderId: '1', LeaderEpoch: '1', MaxFollowerLag: '0', MaxFollowerLagTimeMs: '0', CurrentObservers: '[]' })
  expect(Number(status.HighWatermark)).toBeGreaterThan(0)
  const [voter] = JSON.parse(String(status.CurrentVoters))
  expect(voter).toMatchObject({ id: 1, endpoints: [`CONTROLLER://${suite.broker.controllerBootstrap}`] })
  // The oracle's quorum is a static one, which knows no directories.
  if (!suite.broker.isKafka) expect(voter.directoryId).toMatch(/^[\w-]{22}$/)
})

test.each(both)('kafka-metadata-quorum asks the %s how far each is', async (whom) => {
  const { exit, stdout } = await ask[whom]('kafka-metadata-quorum', 'describe --replication')
  expect(exit).toBe(0)
  const [head, leader = '', ...others] = rows(stdout)
  expect(head).toBe('NodeId DirectoryId LogEndOffset Lag LastFetchTimestamp LastCaughtUpTimestamp Status')
  expect(leader).toMatch(/^1 [\w-]{22} \d+ 0 \d{13} \d{13} Leader$/)
  expect(others).toEqual([])
})

test('kafka-cluster asks the controller', async () => {
  const cluster = (what: string) =>
    suite.runOffline('kafka-cluster', [what, '--bootstrap-controller', suite.broker.controllerBootstrap, ...(what === 'unregister' ? ['--id', '7'] : [])])
  expect((await cluster('cluster-id')).stdout).toMatch(/^Cluster ID: [\w-]{22}\n$/)
  const [host, port] = suite.broker.controllerBootstrap.split(':')
  expect(rows((await cluster('list-endpoints')).stdout)).toEqual(['ID HOST PORT RACK ENDPOINT_TYPE', `1 ${host} ${port} null controller`])
  expect((await cluster('unregister')).stderr).toContain('Broker ID 7 is not currently registered')
})

test('kafka-configs asks the controller, for what it serves', async () => {
  const configs = (args: string) => ask.controller('kafka-configs', args)
  expect(rows((await configs('--alter --entity-type brokers --entity-default --add-config log.cleaner.threads=2')).stdout)).toEqual([
    'Completed updating default config for brokers in the cluster.',
  ])
  expect((await configs('--describe --entity-type brokers --entity-name 1')).exit).toBe(0)
  expect((await configs('--describe --entity-type topics --entity-name absent')).stderr).toContain(
    'This Admin API is not yet supported when communicating directly with the controller quorum.',
  )
})

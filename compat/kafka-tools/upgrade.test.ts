import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { startOdradek } from '../support/odradek-process.ts'
import { startOracle } from '../support/oracle-node.ts'
import { rows, TOOLS, type Tool } from './tool-suite.ts'

/**
 * A directory that Apache Kafka formatted for an older release, whose metadata Odradek raises to its own, and Apache Kafka
 * goes on with. Below 3.7 controllers do not register and brokers do not tell their directories.
 */
const TIMEOUT_MS = 120_000

let tools: JavaTools
beforeAll(async () => {
  tools = await startJavaTools()
})
afterAll(() => tools?.[Symbol.asyncDispose]())

async function ask(bootstrap: string, tool: Tool, args: string): Promise<readonly string[]> {
  const { exit, stdout, stderr } = await tools.run(TOOLS[tool], ['--bootstrap-server', bootstrap, ...args.split(' ')])
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  return rows(stdout)
}

/** Feature by feature, its finalized level. */
async function levels(bootstrap: string): Promise<Readonly<Record<string, string>>> {
  const lines = await ask(bootstrap, 'kafka-features', 'describe')
  return Object.fromEntries(lines.map((line) => [line.split(' ')[1], line.match(/FinalizedVersionLevel: (\S+)/)?.[1]]))
}

test.each(['3.5-IV2', '4.2-IV1'])('metadata of release %s is raised, and both go on with it', { timeout: TIMEOUT_MS }, async (release) => {
  await using place = await temporaryDirectory()
  const directory = place.path
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const ports = [port, controllerPort] as const
  const bootstrap = `127.0.0.1:${port}`
  {
    await using before = await startOracle({ directory, ports, formatArguments: ['--release-version', release] })
    await ask(bootstrap, 'kafka-topics', '--create --topic old --partitions 2')
    await before.stop()
  }
  const settings = { 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}` }
  await using odradek = await startOdradek({ directory, ports, settings })
  expect(await levels(bootstrap)).toMatchObject({ 'metadata.version': release, 'kraft.version': '0' })
  await ask(bootstrap, 'kafka-topics', '--create --topic between')
  await ask(bootstrap, 'kafka-features', 'upgrade --release-version 4.3')
  const raised = {
    'metadata.version': '4.3-IV0',
    'eligible.leader.replicas.version': '1',
    'group.version': '1',
    'kraft.version': '1',
    'share.version': '1',
    'streams.version': '1',
    'transaction.version': '2',
  }
  expect(await levels(bootstrap)).toEqual(raised)
  await ask(bootstrap, 'kafka-topics', '--create --topic new')
  const endpoints = await tools.run(TOOLS['kafka-cluster'], ['list-endpoints', '--bootstrap-controller', `127.0.0.1:${controllerPort}`])
  expect(rows(endpoints.stdout)).toEqual(['ID HOST PORT RACK ENDPOINT_TYPE', `1 127.0.0.1 ${controllerPort} null controller`])
  await odradek.stop()
  await odradek.start()
  expect(await levels(bootstrap)).toEqual(raised)
  await odradek.stop()
  await using after = await startOracle({ directory, ports, isFormatted: true })
  expect(await levels(after.bootstrap)).toEqual(raised)
  const described = await ask(after.bootstrap, 'kafka-topics', '--describe')
  expect(described.filter((line) => line.includes('Leader: 1')).map((line) => line.split(' ')[1])).toEqual(
    expect.arrayContaining(['between', 'new', 'old', 'old']),
  )
})

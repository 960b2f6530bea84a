import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Kafka, logLevel } from 'kafkajs'
import { expect, test } from 'vitest'
import { freePortRange } from '../support/free-ports.ts'
import { ODRADEK_COMMAND, Odradek } from './odradek.ts'

const LISTENERS = 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'
const NODE = ['start', '--ephemeral', '--set', LISTENERS, '--set', 'metrics.port=0']

/** Ends the node and gives all that it wrote. */
async function logOf(node: Odradek): Promise<string[]> {
  node.process.kill('SIGTERM')
  await node.exit()
  return node.out.trimEnd().split('\n')
}

test('through a pipe each line is an object with its level, time, component and message', async () => {
  await using node = new Odradek(NODE)
  await node.line('odradek is ready')
  const lines = await logOf(node)
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({
      level: expect.stringMatching(/^(info|warn)$/),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      component: expect.stringMatching(/^[a-z-]+$/),
      msg: expect.any(String),
    })
  }
  const components = new Set(lines.map((line) => JSON.parse(line).component))
  expect([...components]).toEqual(expect.arrayContaining(['node', 'storage', 'controller', 'broker']))
})

test('--log-format readable writes for readers, wherever the lines go', async () => {
  await using node = new Odradek([...NODE, '--log-format', 'readable'])
  await said(node, 'odradek is ready')
  const lines = await logOf(node)
  for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} (info|warn) +[a-z-]+ +\S/)
})

test('a cluster of nodes here writes one log in the form that is asked for, with the name of the node before each line', async () => {
  const port = await freePortRange(2)
  const flags = ['--port', String(port), '--set', 'metrics.port=0', '--log-format', 'readable']
  await using cluster = new Odradek(['start', '--nodes', '2', '--ephemeral', ...flags])
  await said(cluster, 'the cluster is ready')
  const lines = await logOf(cluster)
  for (const line of lines) expect(line).toMatch(/^(node-[12]|cluster) *\| \d\d:\d\d:\d\d\.\d{3} (info|warn) +[a-z-]+ +\S/)
  expect(lines.some((line) => /^node-1 .* broker +broker is registered/.test(line))).toBe(true)
})

test('a form that nobody knows is refused', async () => {
  await using node = new Odradek([...NODE, '--log-format', 'yaml'])
  expect(await node.exit()).toBe(2)
  expect(node.err).toMatch(/^`--log-format` is one of auto, json, readable, not `yaml`\./)
})

test('the level of a logger changes while the node runs', async () => {
  await using node = new Odradek(NODE)
  const [address = ''] = (await node.line('odradek is ready')).advertised as readonly string[]
  await setLevel(address, 'group', 'ERROR')
  await joinGroup(address, 'unheard')
  await setLevel(address, 'group', 'INFO')
  await joinGroup(address, 'heard')
  await logOf(node)
  const groups = node.lines.filter(({ component }) => component === 'group').map(({ groupId }) => groupId)
  expect(new Set(groups)).toEqual(new Set(['heard']))
})

test.skipIf(process.platform !== 'linux').each([
  ['in colours', {}, '\u001b[32minfo \u001b[0m '],
  ['plain where NO_COLOR says so', { NO_COLOR: '1' }, ' info  node         odradek is ready '],
])('on a terminal it is for readers, %s', async (_what, env, shown) => {
  const command = [...ODRADEK_COMMAND, ...NODE].join(' ')
  const terminal = spawn('script', ['--quiet', '--flush', '--command', command, '/dev/null'], {
    env: { ...withoutNoColor(), ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const chunk of terminal.stdout) {
    text += chunk
    // The terminal goes, and with it the node.
    if (text.includes('data')) terminal.kill('SIGTERM')
  }
  expect(text).toContain(shown)
})

function withoutNoColor(): NodeJS.ProcessEnv {
  const { NO_COLOR: _, ...env } = process.env
  return env
}

async function said(node: Odradek, text: string): Promise<void> {
  while (!node.out.includes(text)) await once(node.process.stdout as NonNullable<typeof node.process.stdout>, 'data')
}

/** As somebody does it who looks for something. */
async function setLevel(address: string, component: string, level: string): Promise<void> {
  const entity = ['--entity-type', 'broker-loggers', '--entity-name', '1']
  await using tool = new Odradek(['kafka-configs', '--bootstrap-server', address, '--alter', ...entity, '--add-config', `${component}=${level}`])
  expect(await tool.exit()).toBe(0)
  expect(tool.out).toBe('Completed updating config for broker-logger 1.\n')
}

async function joinGroup(address: string, groupId: string): Promise<void> {
  const consumer = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).consumer({ groupId, maxWaitTimeInMs: 50 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders' })
  const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve))
  await consumer.run({ eachMessage: async () => {} })
  await joined
  await consumer.disconnect()
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { nodeFolder, OLDEST_NODE, ownNode } from './node-versions.ts'
import { Project, pack } from './project.ts'

/** Larger, something came along that nobody needs. */
const MAX_ARCHIVE_BYTES = 650_000

/** Writes a record and reads it back through a node of its own, and prints what it read. */
const ROUND_TRIP = `
async function roundTrip() {
  const node = await startNode({ config: { 'num.partitions': 2 } })
  try {
    const kafka = new Kafka({ brokers: [node.bootstrapServers], logLevel: logLevel.NOTHING })
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: 'orders', messages: [{ key: 'anna', value: 'one spool of thread' }] })
    const consumer = kafka.consumer({ groupId: 'warehouse' })
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders', fromBeginning: true })
    await new Promise((resolve) => consumer.run({ eachMessage: async ({ message }) => resolve(console.log(message.key + ': ' + message.value)) }))
    await Promise.all([producer.disconnect(), consumer.disconnect()])
  } finally {
    await node.stop()
  }
}
roundTrip()`
const ES_MODULE = `import { Kafka, logLevel } from 'kafkajs'\nimport { startNode } from 'odradek'\n${ROUND_TRIP}`
const COMMON_JS = `const { Kafka, logLevel } = require('kafkajs')\nconst { startNode } = require('odradek')\n${ROUND_TRIP}`

/** kafkajs 2.2.4 asks for a timer in the past; Node.js 24 says so, and does what was meant. */
const WARNING_OF_KAFKAJS = /^\(node:\d+\) TimeoutNegativeWarning:.*\n(?:Timeout duration.*\n)?(?:\(Use .*\n)?/m

let scratch: string
let archive: string

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'odradek-archive-'))
  archive = await pack(scratch)
})

afterAll(() => rm(scratch, { recursive: true, force: true }))

describe.each([
  ['the oldest Node.js that is allowed', () => nodeFolder(OLDEST_NODE)],
  ['the newest Node.js that is tested', async () => ownNode],
])('installed into an empty project, with %s', (_name, folder) => {
  let project: Project
  let said: string

  beforeAll(async () => {
    project = await Project.create(await folder())
    said = await project.install(archive, 'kafkajs@2.2.4')
  })

  afterAll(() => project[Symbol.asyncDispose]())

  test('no script is run or asked for', async () => {
    const { scripts } = JSON.parse(await readFile(project.path('node_modules/odradek/package.json'), 'utf8'))
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(name)
    expect(said).not.toMatch(/script/i)
    expect(await readFile(project.path('package-lock.json'), 'utf8')).not.toContain('hasInstallScript')
  })

  test('import gives a node', async () => {
    await project.write('round-trip.mjs', ES_MODULE)
    const { exit, stdout, stderr } = await project.run('node', 'round-trip.mjs')
    expect({ exit, stdout, stderr: stderr.replace(WARNING_OF_KAFKAJS, '') }).toEqual({ exit: 0, stdout: 'anna: one spool of thread\n', stderr: '' })
  })

  test('require gives a node', async () => {
    await project.write('round-trip.cjs', COMMON_JS)
    const { exit, stdout, stderr } = await project.run('node', 'round-trip.cjs')
    expect({ exit, stdout, stderr: stderr.replace(WARNING_OF_KAFKAJS, '') }).toEqual({ exit: 0, stdout: 'anna: one spool of thread\n', stderr: '' })
  })

  test('import and require give the same', async () => {
    const script = `
      import { createRequire } from 'node:module'
      import * as imported from 'odradek'
      const required = createRequire(import.meta.url)('odradek')
      const names = Object.keys(imported).filter((name) => name !== 'default' && name !== 'module.exports').sort()
      console.log(names.join() === Object.keys(required).sort().join() && names.every((name) => imported[name] === required[name]), names.includes('startNode'))`
    await project.write('same.mjs', script)
    expect(await project.run('node', 'same.mjs')).toMatchObject({ exit: 0, stdout: 'true true\n' })
  })

  test('npx odradek start serves, tells its metrics, and ends in order at Ctrl-C', async () => {
    const [metricsPort] = await freePorts(1)
    const settings = ['listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0', `metrics.port=${metricsPort}`]
    const args = ['odradek', 'start', '--ephemeral', ...settings.flatMap((setting) => ['--set', setting])]
    const npx = spawn('npx', args, { cwd: project.directory, env: project.env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
    const output = new Output(npx)
    await output.line('odradek is ready')
    const { directories } = await output.line('nothing is kept: the data go with the node')
    expect((await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).status).toBe(200)
    expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain('messages_in_total 0')
    // A terminal tells all processes of the group; npx ends at once, and the node when it has stopped.
    process.kill(-(npx.pid as number), 'SIGINT')
    expect(await output.line('stopping')).toMatchObject({ signal: 'SIGINT' })
    await output.end
    for (const directory of directories as string[]) expect(existsSync(directory)).toBe(false)
  })
})

test('the archive holds what users need, and no more', async () => {
  await using project = await Project.create(ownNode)
  const { stdout } = await project.run('tar', '-tzf', archive)
  const files = stdout.trim().split('\n')
  for (const name of ['README.md', 'LICENSE', 'bin/odradek', 'docs/configuration.md', 'dist/program/main.cjs']) expect(files).toContain(`package/${name}`)
  expect(files.filter((file) => /\.map$|\.cache|\/(?:test|compat|bench|build)\/|(?<!\.d)\.ts$/.test(file) && !file.startsWith('package/examples/'))).toEqual([])
  expect((await stat(archive)).size).toBeLessThan(MAX_ARCHIVE_BYTES)
})

test('every file that the program loads is in the archive', async () => {
  await using project = await Project.create(ownNode)
  await project.run('tar', '-xzf', archive)
  const files = await readdir(project.path('package/dist/program'))
  const texts = await Promise.all(files.map((file) => readFile(project.path('package/dist/program', file), 'utf8')))
  const loaded = texts.flatMap((text) => [...text.matchAll(/(?:require\(|import\(|from ?)[`"']\.\/([\w.-]+)[`"']/g)].map(([, name]) => name as string))
  expect(loaded.length).toBeGreaterThan(5)
  expect(loaded.filter((name) => !files.includes(name))).toEqual([])
})

/** What a node prints, as lines of JSON. */
class Output {
  /** When everybody who could print has ended. */
  readonly end: Promise<unknown>
  readonly #stdout: NonNullable<ChildProcess['stdout']>
  #text = ''

  constructor(child: ChildProcess) {
    this.#stdout = child.stdout as NonNullable<ChildProcess['stdout']>
    this.end = once(this.#stdout, 'close')
    this.#stdout.on('data', (chunk) => {
      this.#text += chunk
    })
  }

  /** Resolves with the line that has this message; rejects when the output ends without. */
  async line(message: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const lines = this.#text.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
      const found = lines.map((line) => JSON.parse(line)).find(({ msg }) => msg === message)
      if (found !== undefined) return found
      if (this.#stdout.closed) throw new Error(`ended without "${message}":\n${this.#text}`)
      await Promise.race([once(this.#stdout, 'data'), this.end])
    }
  }
}

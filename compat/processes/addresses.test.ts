import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { runCommand } from '../support/command.ts'
import { areLeftOut } from './left-out.ts'
import { type ContainerNetwork, type Machine, makeContainerNetwork, whyNoNamespaces } from './network.ts'

const noNamespaces = areLeftOut(await whyNoNamespaces())

const PROGRAM = join(import.meta.dirname, '../../bin/odradek')
const PORT = 29_092
const START_MS = 20_000

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

function spawnOn(machine: Machine, ...command: readonly string[]): ChildProcess {
  const [program, ...args] = machine.command(process.execPath, ...command)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  stack.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  })
  return child
}

function printed(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const late = setTimeout(() => reject(new Error(`${text} was not printed:\n${output}`)), START_MS)
    child.once('close', () => reject(new Error(`it ended before it printed ${text}:\n${output}`)))
    child.stdout?.on('data', (chunk) => {
      output += chunk
      if (!output.includes(text)) return
      clearTimeout(late)
      resolve()
    })
  })
}

/** A broker in the container that listens on all of its addresses. */
async function startInContainer(...settings: readonly string[]): Promise<ContainerNetwork> {
  const network = stack.use(await makeContainerNetwork())
  const directory = stack.use(await temporaryDirectory())
  const all = [
    ...(settings.some((setting) => setting.startsWith('listeners=')) ? [] : [`listeners=PLAINTEXT://0.0.0.0:${PORT}`]),
    `log.dirs=${join(directory.path, 'data')}`,
    'metrics.port=0',
    ...settings,
  ]
  const child = spawnOn(network.container, PROGRAM, 'start', '--profile', 'dev', ...all.flatMap((setting) => ['--set', setting]))
  await printed(child, 'odradek is ready')
  return network
}

async function doctorOn(machine: Machine, address: string): Promise<{ readonly exit: number | null; readonly told: string | undefined }> {
  const [program, ...args] = machine.command(process.execPath, PROGRAM, 'doctor', address, '--timeout-ms', '3000')
  const { exit, stdout } = await runCommand(program, args)
  return { exit, told: /broker 1 at (\S+):/.exec(stdout)?.[1] }
}

describe.skipIf(noNamespaces)('a broker in a container that listens on all addresses', () => {
  test.each(['0.0.0.0', ''])('tells its own machine localhost, and a neighbour the address that it came to (listening on "%s")', async (everywhere) => {
    const { container, neighbour } = await startInContainer(`listeners=PLAINTEXT://${everywhere}:${PORT}`)
    expect(await doctorOn(container, `localhost:${PORT}`)).toEqual({ exit: 0, told: `localhost:${PORT}` })
    expect(await doctorOn(container, `${container.address}:${PORT}`)).toEqual({ exit: 0, told: `${container.address}:${PORT}` })
    expect(await doctorOn(neighbour, `${container.address}:${PORT}`)).toEqual({ exit: 0, told: `${container.address}:${PORT}` })
  })

  test('is reached through a published port: its gateway is told localhost', async () => {
    const { host, container } = await startInContainer()
    expect(await doctorOn(host, `${container.address}:${PORT}`)).toEqual({ exit: 1, told: `localhost:${PORT}` })
    const published = spawnOn(host, join(import.meta.dirname, 'publish-port.ts'), String(PORT), container.address)
    await printed(published, 'published')
    expect(await doctorOn(host, `localhost:${PORT}`)).toEqual({ exit: 0, told: `localhost:${PORT}` })
    const [program, ...args] = host.command(process.execPath, join(import.meta.dirname, 'produce-and-read.ts'), `localhost:${PORT}`)
    expect(await runCommand(program, args, { timeoutMs: 30_000 })).toMatchObject({ exit: 0, stdout: 'a record\n' })
  })

  test('tells everyone what advertised.listeners says', async () => {
    const { container, neighbour } = await startInContainer('advertised.listeners=PLAINTEXT://10.213.0.2:29092')
    for (const [machine, address] of [
      [container, 'localhost'],
      [neighbour, container.address],
    ] as const) {
      expect(await doctorOn(machine, `${address}:${PORT}`)).toEqual({ exit: 0, told: '10.213.0.2:29092' })
    }
  })
})

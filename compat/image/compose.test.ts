import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPrometheus } from '../monitoring/prometheus-programs.ts'
import { areLeftOut } from '../processes/left-out.ts'
import { whyNoNamespaces } from '../processes/network.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { runCommand } from '../support/command.ts'
import type { Machine } from '../support/network-namespaces.ts'
import { BUILD_MS, serviceSource } from './built-image.ts'
import { type ComposeService, readComposeFile } from './compose-file.ts'
import { REPOSITORY } from './image-files.ts'
import type { Service } from './service.ts'
import { makeServiceNetwork, type ServiceNetwork } from './service-network.ts'
import { publishPorts, roundTrip, type ServicePlace, startServices, WRITTEN } from './started-services.ts'

const { services } = readComposeFile('docker/docker-compose.yml')
const brokers = Object.fromEntries(Object.entries(services).filter(([name]) => name.startsWith('broker-')))
const first = Object.fromEntries(Object.entries(brokers).filter(([, { profiles }]) => profiles === undefined))
const later = Object.fromEntries(Object.entries(brokers).filter(([, { profiles }]) => profiles !== undefined))
const INSIDE = Object.keys(first)
  .map((name) => `${name}:29092`)
  .join(',')
const cannotRun = areLeftOut(await whyNoNamespaces())
const source = await serviceSource()
const whyNotWatched = await findPrometheus()
if (whyNotWatched !== null) console.warn(`The services were not read by Prometheus: ${whyNotWatched}.`)

describe.skipIf(cannotRun)(`the brokers of docker-compose.yml, ${source.name},`, () => {
  const stack = new AsyncDisposableStack()
  const running = new Map<string, Service>()
  let network: ServiceNetwork
  let directory: string
  let place: ServicePlace

  const start = async (some: Readonly<Record<string, ComposeService>>) => {
    for (const [name, service] of await startServices(place, some, stack)) running.set(name, service)
    await Promise.all(Object.keys(some).map((name) => service(name).printed('odradek is ready')))
  }
  const service = (name: string) => running.get(name) as Service

  beforeAll(async () => {
    network = stack.use(await makeServiceNetwork([...Object.keys(brokers), 'client', 'prometheus']))
    directory = stack.use(await temporaryDirectory()).path
    place = { network, directory, image: await source.image() }
    await start(first)
    await publishPorts(network, brokers, stack)
  }, BUILD_MS)
  afterAll(() => stack.disposeAsync())

  test('are one cluster, which containers reach by name', async () => {
    expect(await roundTrip(network.machine('client'), INSIDE, 'orders')).toEqual({
      read: WRITTEN,
      brokers: ['1@broker-1:29092', '2@broker-2:29092', '3@broker-3:29092'],
    })
  })

  test('are reached from the host, each at its port', async () => {
    expect(await roundTrip(network.host, 'localhost:9093', 'from-the-host')).toEqual({
      read: WRITTEN,
      brokers: ['1@localhost:9092', '2@localhost:9093', '3@localhost:9094'],
    })
  })

  test('are healthy by the check of the image', async () => {
    for (const name of Object.keys(first)) expect(await service(name).exec('healthcheck')).toMatchObject({ exit: 0 })
  })

  // Of services of the working tree the limit is that of this machine.
  test.skipIf(!source.isImage)('give half of the memory that the file allows to the heap', async () => {
    for (const name of Object.keys(first)) {
      const variables = (await readFile(`/proc/${service(name).pid}/environ`, 'utf8')).split('\0')
      expect(variables).toContain('NODE_OPTIONS=--max-old-space-size=1024')
    }
  })

  test.skipIf(whyNotWatched !== null)('are read by Prometheus with the file that its service has', async () => {
    const machine = network.machine('prometheus')
    const flags = ['--config.file=docker/prometheus/prometheus.yml', `--storage.tsdb.path=${directory}/prometheus`]
    const [program, ...args] = machine.command('prometheus', ...flags)
    const prometheus = spawn(program, args, { cwd: REPOSITORY, stdio: 'ignore' })
    const closed = once(prometheus, 'close')
    try {
      expect(await targetsUp(machine, 3)).toEqual(['broker-1:9404', 'broker-2:9404', 'broker-3:9404'])
    } finally {
      prometheus.kill('SIGKILL')
      await closed
    }
  })

  test('go on without one of them, which comes back with its data', async () => {
    expect(await service('broker-2').stop()).toBe(0)
    expect((await roundTrip(network.machine('client'), INSIDE, 'orders')).read).toEqual(WRITTEN)
    await start({ 'broker-2': first['broker-2'] as ComposeService })
    expect((await roundTrip(network.machine('client'), INSIDE, 'orders')).brokers).toHaveLength(3)
  })

  test('one that was killed in the middle comes back with its data', async () => {
    await service('broker-3').kill()
    await start({ 'broker-3': first['broker-3'] as ComposeService })
    expect(service('broker-3').output()).toContain('"wasClean":false')
    expect((await roundTrip(network.machine('client'), 'broker-3:29092', 'orders')).read).toEqual(WRITTEN)
  })

  test('one whose volume was lost stays away, and is filled again when it is told to begin anew', async () => {
    const lost = first['broker-1'] as ComposeService
    await service('broker-1').stop()
    await rm(join(directory, 'broker-1'), { recursive: true })
    const [refused] = (await startServices(place, { 'broker-1': lost }, stack)).values()
    expect(await refused?.ended()).toBe(1)
    expect(refused?.output()).toMatch(/its metadata directory is empty.*--replace-voter/)
    await start({ 'broker-1': { ...lost, command: ['start', '--replace-voter'] } })
    expect((await roundTrip(network.machine('client'), 'broker-1:29092', 'orders')).read).toEqual(WRITTEN)
  })

  test('a fourth one joins by itself', async () => {
    await start(later)
    expect((await roundTrip(network.machine('client'), 'broker-4:29092', 'with-four')).brokers).toContain('4@broker-4:29092')
  })
})

const WATCHED_WITHIN_MS = 45_000

/** Which targets Prometheus says that it reads, when there are that many. */
async function targetsUp(machine: Machine, count: number): Promise<string[]> {
  const url = `http://127.0.0.1:9090/api/v1/query?query=${encodeURIComponent('up == 1')}`
  const [program, ...args] = machine.command(process.execPath, '-e', 'fetch(process.argv[1]).then((answer) => answer.text()).then(console.log)', url)
  const deadlineMs = Date.now() + WATCHED_WITHIN_MS
  for (;;) {
    const { exit, stdout } = await runCommand(program, args)
    const result: readonly { readonly metric: { readonly instance: string } }[] = exit === 0 ? JSON.parse(stdout).data.result : []
    if (result.length >= count || Date.now() > deadlineMs) return result.map(({ metric }) => metric.instance).sort()
    await sleep(500)
  }
}

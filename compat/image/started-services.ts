import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../support/command.ts'
import type { Machine } from '../support/network-namespaces.ts'
import type { BuiltImage } from './built-image.ts'
import { type ComposeService, memoryLimit, publishedPort, volumePaths } from './compose-file.ts'
import { type ContainerOptions, type Service, startService } from './service.ts'
import type { ServiceNetwork } from './service-network.ts'

const ROUND_TRIP = join(import.meta.dirname, 'round-trip.ts')
const PUBLISH = join(import.meta.dirname, '../processes/publish-port.ts')
const ROUND_TRIP_MS = 60_000

/** Where services are started, and of what. */
export interface ServicePlace {
  readonly network: ServiceNetwork
  /** Each service stores in the directory of its name below. */
  readonly directory: string
  /** Null for the files of the working tree. */
  readonly image: BuiltImage | null
}

/** Starts the services, each in the machine of its name; they go with `stack`. */
export async function startServices(
  { network, directory, image }: ServicePlace,
  services: Readonly<Record<string, ComposeService>>,
  stack: AsyncDisposableStack,
): Promise<Map<string, Service>> {
  const started = new Map<string, Service>()
  for (const [name, service] of Object.entries(services)) {
    const { environment = {}, command } = service
    const own = join(directory, name)
    await mkdir(own, { recursive: true })
    const common = { machine: network.machine(name), directory: own, environment, ...(command === undefined ? {} : { command }) }
    started.set(name, stack.use(startService(image === null ? common : { ...common, container: containerOf(service, image) })))
  }
  return started
}

function containerOf(service: ComposeService, image: BuiltImage): ContainerOptions {
  const { read_only: isReadOnly = false, user = null } = service
  return { image, isReadOnly, user, volumes: volumePaths(service), memoryBytes: memoryLimit(service) }
}

/** Opens on the host what the services publish, until `stack` goes. */
export async function publishPorts(network: ServiceNetwork, services: Readonly<Record<string, ComposeService>>, stack: AsyncDisposableStack): Promise<void> {
  for (const [name, { ports = [] }] of Object.entries(services)) {
    for (const { host, container } of ports.map(publishedPort)) {
      const { address } = network.machine(name)
      const child = spawnOn(network.host, stack, PUBLISH, String(host), address, String(container))
      await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')
    }
  }
}

function spawnOn(machine: Machine, stack: AsyncDisposableStack, ...args: readonly string[]): ChildProcess {
  const [program, ...rest] = machine.command(process.execPath, ...args)
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  stack.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
  })
  return child
}

export interface RoundTrip {
  readonly read: readonly string[]
  readonly brokers: readonly string[]
}

/** Writes three records and reads them back, by kafkajs in a process of that machine. */
export async function roundTrip(machine: Machine, bootstrap: string, topic: string): Promise<RoundTrip> {
  const [program, ...args] = machine.command(process.execPath, ROUND_TRIP, bootstrap, topic)
  const { exit, stdout, stderr } = await runCommand(program, args, { timeoutMs: ROUND_TRIP_MS })
  if (exit !== 0) throw new Error(`records did not go to ${bootstrap} and back:\n${stderr}`)
  return JSON.parse(stdout) as RoundTrip
}

export const WRITTEN: readonly string[] = ['record 0', 'record 1', 'record 2']

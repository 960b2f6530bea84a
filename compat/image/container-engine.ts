import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommandResult, runCommand } from '../support/command.ts'
import type { Machine } from '../support/network-namespaces.ts'
import { runInside, userOf, variables } from './inside.ts'
import { makeServiceNetwork } from './service-network.ts'
import { publishPorts } from './started-services.ts'

const BASE_IMAGE = 'docker.io/library/node:24-bookworm-slim'
const BUILD_TIMEOUT_MS = 600_000

/** What the image says of itself. */
export interface ImageConfig {
  readonly user: string
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
  readonly healthcheck: readonly string[]
  /** `NAME=value` */
  readonly environment: readonly string[]
  readonly workingDirectory: string
  readonly sizeBytes: number
}

/** A program that builds and runs images. */
export interface ContainerEngine {
  readonly name: string
  /** Of the base image that is here. */
  baseId(): Promise<string>
  build(tag: string, directory: string): Promise<CommandResult>
  /** Copies the image's files, with their owners, into a directory that is not there yet. */
  unpack(tag: string, directory: string): Promise<void>
  inspect(tag: string): Promise<ImageConfig>
  start(tag: string, options?: StartOptions): Promise<Container>
  remove(tag: string): Promise<void>
}

export interface StartOptions {
  /** Variables beside the image's. */
  readonly env?: Readonly<Record<string, string>>
  /** `9093:9092`: ports of `client` that lead to ports of the container. */
  readonly publish?: readonly string[]
  /** `/here:/there`: directories of this machine that stand over those of the container. */
  readonly volumes?: readonly string[]
  /** In place of the image's. */
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
}

export interface Container extends AsyncDisposable {
  /** Where the published ports are, on localhost. */
  readonly client: Machine
  /** What it printed so far. */
  output(): string
  /** Resolves when it has printed `text`; rejects when it ends without. */
  printed(text: string): Promise<void>
  /** Runs a program in it. */
  exec(env: Readonly<Record<string, string>>, command: readonly string[]): Promise<CommandResult>
  /** Puts a file of this machine into it, to be executed by anybody. */
  copyInto(file: string, path: string): Promise<void>
  /** SIGTERM; resolves when its process is gone. */
  stop(): Promise<void>
}

/** This machine itself. */
const here: Machine = { address: '127.0.0.1', namespace: '', command: (program = '', ...args) => [program, ...args] }

/** An engine that is usable here with the base image, or a sentence that says why there is none. */
export async function findEngine(): Promise<ContainerEngine | string> {
  if (await succeeds('docker', 'info')) return docker
  if (!(await succeeds('buildah', '--version'))) return 'there is neither a Docker engine nor buildah here'
  if (await succeeds('buildah', 'inspect', '--type', 'image', BASE_IMAGE)) return buildah
  return (await succeeds('buildah', 'pull', BASE_IMAGE)) ? buildah : `buildah is here, but ${BASE_IMAGE} is not, and cannot be fetched`
}

async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  const result = await runCommand(program, args, { timeoutMs: 60_000 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return result?.exit === 0
}

async function must(program: string, ...args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await runCommand(program, args, { timeoutMs: 60_000 })
  if (exit !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr}`)
  return stdout.trim()
}

function envFlags(env: Readonly<Record<string, string>>): string[] {
  return Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`])
}

function volumeFlags(volumes: readonly string[]): string[] {
  return volumes.flatMap((volume) => ['--volume', volume])
}

/** Of the machine that a container is. */
const NAME = 'container'

const docker: ContainerEngine = {
  name: 'docker',
  async baseId() {
    await must('docker', 'pull', '--quiet', BASE_IMAGE)
    return must('docker', 'image', 'inspect', '--format', '{{.Id}}', BASE_IMAGE)
  },
  build: (tag, directory) => runCommand('docker', ['build', '--tag', tag, '--file', 'docker/Dockerfile', '.'], { cwd: directory, timeoutMs: BUILD_TIMEOUT_MS }),
  async unpack(tag, directory) {
    const id = await must('docker', 'create', tag)
    try {
      await mkdir(directory)
      await must('docker', 'export', '--output', `${directory}.tar`, id)
      await must('tar', '--extract', '--numeric-owner', '--same-permissions', '--file', `${directory}.tar`, '--directory', directory)
      await rm(`${directory}.tar`)
    } finally {
      await must('docker', 'rm', '--force', '--volumes', id)
    }
  },
  async inspect(tag) {
    const [image] = JSON.parse(await must('docker', 'image', 'inspect', tag))
    return toConfig(image.Config, image.Size)
  },
  async start(tag, { env = {}, publish = [], volumes = [], entrypoint, command }: StartOptions = {}) {
    const [program, ...args] = entrypoint ?? []
    const flags = [
      ...envFlags(env),
      ...volumeFlags(volumes),
      ...publish.flatMap((port) => ['--publish', `127.0.0.1:${port}`]),
      ...(program === undefined ? [] : ['--entrypoint', program]),
    ]
    const id = await must('docker', 'run', '--detach', ...flags, tag, ...args, ...(command ?? []))
    const logs = spawn('docker', ['logs', '--follow', id], { stdio: ['ignore', 'pipe', 'pipe'] })
    return new RunningContainer(logs, here, {
      exec: (more, line) => runCommand('docker', ['exec', ...envFlags(more), id, ...line]),
      async copyInto(file, path) {
        await chmod(file, 0o777)
        await must('docker', 'cp', file, `${id}:${path}`)
      },
      signal: () => must('docker', 'stop', '--time', '30', id),
      remove: () => must('docker', 'rm', '--force', '--volumes', id),
    })
  },
  async remove(tag) {
    await must('docker', 'image', 'rm', tag)
  },
}

/** Without a daemon, and in a chroot, which is given a network of its own. */
const buildah: ContainerEngine = {
  name: 'buildah',
  baseId: () => must('buildah', 'inspect', '--type', 'image', '--format', '{{.FromImageID}}', BASE_IMAGE),
  build: (tag, directory) =>
    // The OCI format has no health check.
    runCommand(
      'buildah',
      ['bud', '--format', 'docker', '--isolation', 'chroot', '--network', 'host', '--pull-never', '-t', tag, '-f', 'docker/Dockerfile', '.'],
      {
        cwd: directory,
        timeoutMs: BUILD_TIMEOUT_MS,
      },
    ),
  async unpack(tag, directory) {
    const id = await must('buildah', 'from', '--pull-never', tag)
    try {
      await must('cp', '--archive', await must('buildah', 'mount', id), directory)
    } finally {
      await must('buildah', 'rm', id)
    }
  },
  async inspect(tag) {
    const { Docker: image } = JSON.parse(await must('buildah', 'inspect', '--type', 'image', tag))
    return toConfig(image.config, Number(await sizeOf(tag)))
  },
  async start(tag, { env = {}, publish = [], volumes = [], entrypoint, command }: StartOptions = {}) {
    await using stack = new AsyncDisposableStack()
    const network = stack.use(await makeServiceNetwork([NAME]))
    const id = await must('buildah', 'from', '--pull-never', tag)
    stack.defer(async () => void (await must('buildah', 'rm', id)))
    // Before it runs, and for as long: mounting it then would disturb the run.
    const root = await must('buildah', 'mount', id)
    await publishPorts(network, { [NAME]: { ports: publish } }, stack)
    const image = await buildah.inspect(tag)
    const line = [...(entrypoint ?? image.entrypoint), ...(command ?? (entrypoint === undefined ? image.command : []))]
    const flags = ['--isolation', 'chroot', '--network', 'host', ...volumeFlags(volumes), ...envFlags(env)]
    const [program, ...args] = network.machine(NAME).command('buildah', 'run', ...flags, id, '--', ...line)
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const user = userOf(root, image.user)
    const owned = stack.move()
    return new RunningContainer(child, network.host, {
      // Not by another `buildah run`, which now and then loses what a short program printed.
      exec: (more, inside) => runInside(innermost(child.pid as number), { env: { ...variables(image.environment), ...env, ...more }, user }, inside),
      async copyInto(file, path) {
        const target = join(root, path)
        // Whoever waits for the file finds it whole.
        await copyFile(file, `${target}.copied`)
        await chmod(`${target}.copied`, 0o777)
        await rename(`${target}.copied`, target)
      },
      // As an engine does: the container's own process is told. buildah passes no signal on, and takes the container along when it ends.
      signal: async () => process.kill(innermost(child.pid as number), 'SIGTERM'),
      remove: () => owned.disposeAsync(),
    })
  },
  async remove(tag) {
    await must('buildah', 'rmi', tag)
  },
}

/** The process that was started by the one that was started by … `pid`, each of which started no other. */
function innermost(pid: number): number {
  // Any of its threads may have started it.
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' '))
  const child = children.find((text) => text !== '')
  return child === undefined ? pid : innermost(Number(child))
}

async function sizeOf(tag: string): Promise<string> {
  const text = await must('buildah', 'images', '--json', tag)
  const size = String(JSON.parse(text)[0].size)
  const [, amount = '0', unit = ''] = /^([\d.]+) ?(\w*)$/.exec(size) ?? []
  return String(Number(amount) * (({ KB: 1e3, MB: 1e6, GB: 1e9 } as Record<string, number>)[unit] ?? 1))
}

interface EngineConfig {
  readonly User?: string
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly ExposedPorts?: Readonly<Record<string, unknown>>
  readonly Volumes?: Readonly<Record<string, unknown>>
  readonly Healthcheck?: { readonly Test?: readonly string[] }
  readonly Env?: readonly string[]
  readonly WorkingDir?: string
}

function toConfig(config: EngineConfig, sizeBytes: number): ImageConfig {
  return {
    user: config.User ?? '',
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    ports: Object.keys(config.ExposedPorts ?? {}),
    volumes: Object.keys(config.Volumes ?? {}),
    healthcheck: config.Healthcheck?.Test ?? [],
    environment: config.Env ?? [],
    workingDirectory: config.WorkingDir || '/',
    sizeBytes,
  }
}

interface ContainerActions {
  exec(env: Readonly<Record<string, string>>, command: readonly string[]): Promise<CommandResult>
  copyInto(file: string, path: string): Promise<void>
  signal(): Promise<unknown>
  remove(): Promise<unknown>
}

class RunningContainer implements Container {
  readonly client: Machine
  readonly #child: ChildProcess
  readonly #actions: ContainerActions
  readonly #closed: Promise<unknown>
  #isClosed = false
  #output = ''

  /** @param child prints what the container prints, and ends with it */
  constructor(child: ChildProcess, client: Machine, actions: ContainerActions) {
    this.client = client
    this.#child = child
    this.#actions = actions
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-200_000)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    this.#closed = once(child, 'close').then(() => {
      this.#isClosed = true
    })
  }

  output(): string {
    return this.#output
  }

  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      if (this.#isClosed) throw new Error(`the container ended without "${text}":\n${this.#output}`)
      await Promise.race([once(this.#child.stdout as NonNullable<ChildProcess['stdout']>, 'data'), this.#closed])
    }
  }

  exec(env: Readonly<Record<string, string>>, command: readonly string[]): Promise<CommandResult> {
    return this.#actions.exec(env, command)
  }

  copyInto(file: string, path: string): Promise<void> {
    return this.#actions.copyInto(file, path)
  }

  async stop(): Promise<void> {
    if (!this.#isClosed) await this.#actions.signal()
    await this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#actions.remove()
  }
}

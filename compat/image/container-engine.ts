import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { type CommandResult, runCommand } from '../support/command.ts'

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
  readonly sizeBytes: number
}

/** A program that builds and runs images. */
export interface ContainerEngine {
  readonly name: string
  build(tag: string, directory: string): Promise<CommandResult>
  inspect(tag: string): Promise<ImageConfig>
  /**
   * Starts the image's own command.
   * @param env variables beside the image's
   * @param ports of the container, which the engine opens on 127.0.0.1 under the same numbers
   */
  start(tag: string, env: Readonly<Record<string, string>>, ports: readonly number[]): Promise<Container>
  remove(tag: string): Promise<void>
}

export interface Container extends AsyncDisposable {
  /** What it printed so far. */
  output(): string
  /** Resolves when it has printed `text`; rejects when it ends without. */
  printed(text: string): Promise<void>
  /** Runs a program in it. */
  exec(env: Readonly<Record<string, string>>, command: readonly string[]): Promise<CommandResult>
  /** SIGTERM; resolves when its process is gone. */
  stop(): Promise<void>
}

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

const docker: ContainerEngine = {
  name: 'docker',
  build: (tag, directory) => runCommand('docker', ['build', '--tag', tag, '--file', 'docker/Dockerfile', '.'], { cwd: directory, timeoutMs: BUILD_TIMEOUT_MS }),
  async inspect(tag) {
    const [image] = JSON.parse(await must('docker', 'image', 'inspect', tag))
    return toConfig(image.Config, image.Size)
  },
  async start(tag, env, ports) {
    const published = ports.flatMap((port) => ['--publish', `127.0.0.1:${port}:${port}`])
    const id = await must('docker', 'run', '--detach', ...envFlags(env), ...published, tag)
    const logs = spawn('docker', ['logs', '--follow', id], { stdio: ['ignore', 'pipe', 'pipe'] })
    return new RunningContainer(logs, {
      exec: (more, command) => runCommand('docker', ['exec', ...envFlags(more), id, ...command]),
      signal: () => must('docker', 'stop', '--time', '30', id),
      remove: () => must('docker', 'rm', '--force', '--volumes', id),
    })
  },
  async remove(tag) {
    await must('docker', 'image', 'rm', tag)
  },
}

/** Without a daemon, and in a chroot: the container has the ports of this machine, so `ports` are there without further ado. */
const buildah: ContainerEngine = {
  name: 'buildah',
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
  async inspect(tag) {
    const { Docker: image } = JSON.parse(await must('buildah', 'inspect', '--type', 'image', tag))
    return toConfig(image.config, Number(await sizeOf(tag)))
  },
  async start(tag, env) {
    const id = await must('buildah', 'from', '--pull-never', tag)
    const { entrypoint, command } = await buildah.inspect(tag)
    const run = (more: Readonly<Record<string, string>>, args: readonly string[]) => [
      'run',
      ...['--isolation', 'chroot', '--network', 'host'],
      ...envFlags(more),
      ...[id, '--'],
      ...args,
    ]
    const child = spawn('buildah', run(env, [...entrypoint, ...command]), { stdio: ['ignore', 'pipe', 'pipe'] })
    return new RunningContainer(child, {
      exec: (more, args) => runCommand('buildah', run(more, args)),
      // As an engine does: the container's own process is told. buildah passes no signal on, and takes the container along when it ends.
      signal: async () => process.kill(innermost(child.pid as number), 'SIGTERM'),
      remove: () => must('buildah', 'rm', id),
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
}

function toConfig(config: EngineConfig, sizeBytes: number): ImageConfig {
  return {
    user: config.User ?? '',
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    ports: Object.keys(config.ExposedPorts ?? {}),
    volumes: Object.keys(config.Volumes ?? {}),
    healthcheck: config.Healthcheck?.Test ?? [],
    sizeBytes,
  }
}

interface ContainerActions {
  exec(env: Readonly<Record<string, string>>, command: readonly string[]): Promise<CommandResult>
  signal(): Promise<unknown>
  remove(): Promise<unknown>
}

class RunningContainer implements Container {
  readonly #child: ChildProcess
  readonly #actions: ContainerActions
  readonly #closed: Promise<unknown>
  #isClosed = false
  #output = ''

  /** @param child prints what the container prints, and ends with it */
  constructor(child: ChildProcess, actions: ContainerActions) {
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

  async stop(): Promise<void> {
    if (!this.#isClosed) await this.#actions.signal()
    await this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await this.#actions.remove()
  }
}

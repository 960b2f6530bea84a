import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type CommandResult, runCommand } from '../support/command.ts'
import type { Machine } from '../support/network-namespaces.ts'
import type { BuiltImage } from './built-image.ts'
import { imageEnvironment, REPOSITORY } from './image-files.ts'
import { runInside, userOf, variables } from './inside.ts'

const START_MS = 30_000
const OUTPUT_KEPT = 200_000

export interface ServiceOptions {
  /** Where it runs. */
  readonly machine: Machine
  /** What stands for the volumes and for other directories that it writes to. */
  readonly directory: string
  /** Beside the image's. */
  readonly environment: Readonly<Record<string, string>>
  /** In place of the image's command. */
  readonly command?: readonly string[]
  /** The number of the user; that of the tests where not given. Of a service without its image. */
  readonly uid?: number
  /** Whose files it has; those of the working tree where not given. */
  readonly container?: ContainerOptions
}

/** What else a container has that is made of an image. */
export interface ContainerOptions {
  readonly image: BuiltImage
  /** Its directories that are volumes, beside those that the image names. */
  readonly volumes: readonly string[]
  /** Its own files cannot be written to. */
  readonly isReadOnly: boolean
  /** `UID:GID`; the image's where null. */
  readonly user: string | null
  /** Null for no limit. */
  readonly memoryBytes: number | null
}

/**
 * A container: of the image, with a layer and volumes of its own, or without, which is the files of docker/rootfs and the program
 * as it is here, with the image's variables.
 */
export interface Service extends AsyncDisposable {
  readonly pid: number
  /** What it printed so far. */
  output(): string
  /** Resolves when it has printed `text`; rejects when it ends without. */
  printed(text: string): Promise<void>
  /** Runs a program in it, as `docker exec` does, while it runs. */
  exec(...command: readonly string[]): Promise<CommandResult>
  /** SIGTERM; resolves with the exit code, null after another signal. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  /** Resolves with the exit code when it has ended by itself. */
  ended(): Promise<number | null>
}

export function startService(options: ServiceOptions): Service {
  const { machine, uid, container } = options
  if (container !== undefined) return startContainer(options, container)
  const asUser = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const env = environmentOf(options)
  const [program, ...args] = machine.command(...asUser, entryPoint, ...(options.command ?? ['start']))
  const exec = (_pid: number, inside: readonly string[]) => {
    const [first, ...others] = machine.command(...inside)
    return runCommand(first, others, { env, timeoutMs: START_MS })
  }
  return new RunningService(spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }), exec)
}

function startContainer({ machine, directory, environment, command }: ServiceOptions, container: ContainerOptions): Service {
  const { image, volumes, isReadOnly, memoryBytes } = container
  const user = container.user ?? userOf(image.root, image.config.user)
  const env = { ...variables(image.config.environment), ...environment }
  const settings = [image.root, directory, user, image.config.workingDirectory, String(memoryBytes ?? 'max'), isReadOnly ? 'ro' : 'rw']
  const all = new Set([...image.config.volumes, ...volumes])
  const line = [...image.config.entrypoint, ...(command ?? image.config.command)]
  const [program, ...args] = machine.command(ENTER, ...settings, ...all, '--', ...line)
  const exec = (pid: number, inside: readonly string[]) => runInside(pid, { env, user }, inside)
  return new RunningService(spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }), exec)
}

const ENTER = join(import.meta.dirname, 'enter-image.sh')
const binaries = join(REPOSITORY, 'docker/rootfs/usr/local/bin')
const entryPoint = join(binaries, 'entrypoint')

/** Data directories that a file names lie below the directory of the test, and the image's, too. */
function environmentOf({ directory, environment }: ServiceOptions): Record<string, string> {
  const places = Object.entries(environment).flatMap(([name, value]): [string, string][] => {
    return /^KAFKA_(CFG_)?LOG_DIRS?$/.test(name) ? [[name, join(directory, value)]] : []
  })
  return {
    ...imageEnvironment(),
    PATH: `${join(REPOSITORY, 'bin')}:${binaries}:${process.env.PATH}`,
    ODRADEK_DATA: join(directory, 'data'),
    ODRADEK_CONFIG_DIRECTORY: join(directory, 'config'),
    ODRADEK_METRICS_FILE: join(directory, 'metrics'),
    ...environment,
    ...Object.fromEntries(places),
  }
}

type Exec = (pid: number, command: readonly string[]) => Promise<CommandResult>

class RunningService implements Service {
  readonly #child: ChildProcess
  readonly #exec: Exec
  readonly #closed: Promise<unknown>
  #output = ''
  #isClosed = false

  constructor(child: ChildProcess, exec: Exec) {
    this.#child = child
    this.#exec = exec
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-OUTPUT_KEPT)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    this.#closed = once(child, 'close').then(() => {
      this.#isClosed = true
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  output(): string {
    return this.#output
  }

  async printed(text: string): Promise<void> {
    const deadline = AbortSignal.timeout(START_MS)
    while (!this.#output.includes(text)) {
      if (this.#isClosed || deadline.aborted) throw new Error(`"${text}" was not printed:\n${this.#output}`)
      const more = once(this.#child.stdout as NonNullable<ChildProcess['stdout']>, 'data', { signal: deadline }).catch(() => {})
      await Promise.race([more, this.#closed])
    }
  }

  exec(...command: readonly string[]): Promise<CommandResult> {
    return this.#exec(this.pid, command)
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return await this.ended()
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  async ended(): Promise<number | null> {
    await this.#closed
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) await this.kill()
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type CommandResult, runCommand } from '../support/command.ts'
import type { Machine } from '../support/network-namespaces.ts'
import { imageEnvironment, REPOSITORY } from './image-files.ts'

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
  /** The number of the user; that of the tests where not given. */
  readonly uid?: number
}

/** A container without its image: the files of docker/rootfs and the program as it is here, with the image's variables. */
export interface Service extends AsyncDisposable {
  readonly pid: number
  /** What it printed so far. */
  output(): string
  /** Resolves when it has printed `text`; rejects when it ends without. */
  printed(text: string): Promise<void>
  /** SIGTERM; resolves with the exit code, null after another signal. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  /** Resolves with the exit code when it has ended by itself. */
  ended(): Promise<number | null>
}

export function startService(options: ServiceOptions): Service {
  const { machine, uid } = options
  const asUser = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  const [program, ...args] = machine.command(...asUser, entryPoint, ...(options.command ?? ['start']))
  return new RunningService(spawn(program, args, { env: environmentOf(options), stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Runs a program in the machine as `docker exec` does, and gives what it printed. */
export function runInService({ machine, directory, environment }: ServiceOptions, ...command: readonly string[]): Promise<CommandResult> {
  const [program, ...args] = machine.command(...command)
  return runCommand(program, args, { env: environmentOf({ machine, directory, environment }), timeoutMs: START_MS })
}

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
    ...environment,
    ...Object.fromEntries(places),
  }
}

class RunningService implements Service {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  #output = ''
  #isClosed = false

  constructor(child: ChildProcess) {
    this.#child = child
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

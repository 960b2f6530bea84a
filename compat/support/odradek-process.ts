import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../test/support/free-ports.ts'

export interface OdradekOptions {
  /** Passed by `--set`, over the dev profile. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** Kept when the process is disposed; a temporary one, removed then, when not given. */
  readonly directory?: string
  /** Of the broker and of the controller; free ones when not given. */
  readonly ports?: readonly [number, number]
  /** Starts with `--config FILE` alone: profile, ports and directories are the file's, and `ports` says which they are. */
  readonly configFile?: string
  /** Behind the others on the command line. */
  readonly flags?: readonly string[]
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** As many descriptors as the process may have (`ulimit -n`). */
  readonly descriptorLimit?: number
}

/** Odradek as its users run it: `bin/odradek start`, a process of its own. */
export interface OdradekProcess extends AsyncDisposable {
  readonly port: number
  /** Of its controller; 0 when a file says which it is and `ports` do not. */
  readonly controllerPort: number
  /** `127.0.0.1:<port>` */
  readonly bootstrap: string
  readonly pid: number
  readonly directory: string
  /** Its `log.dirs`, with the partitions' directories, unless settings or a file name another. */
  readonly dataDirectory: string
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** Resolves with the exit code when it has ended by itself; null after a signal. */
  ended(): Promise<number | null>
  /** Starts it again on the same ports and data after `stop` or `kill`. */
  start(): Promise<void>
  /** The first half of `start`: the process. */
  launch(): void
  /** The second half of `start`: resolves when it serves, rejects when it ends before, or after the time. */
  ready(timeoutMs?: number): Promise<void>
  /** Resolves when it has said that it is ready: a broker among others opens its port before, as they turn to it at once. */
  announced(timeoutMs?: number): Promise<void>
  /** All that it printed since it was first started. */
  output(): string
}

export const ODRADEK_PROGRAM = join(import.meta.dirname, '../../bin/odradek')
const START_TIMEOUT_MS = 20_000
const PROBE_INTERVAL_MS = 10
const READY = 'odradek is ready'

export async function startOdradek(options: OdradekOptions = {}): Promise<OdradekProcess> {
  const running = await prepareOdradek(options)
  try {
    await running.start()
    return running
  } catch (error) {
    await running[Symbol.asyncDispose]()
    throw error
  }
}

/** As `startOdradek`, but the process is not started yet. */
export async function prepareOdradek(options: OdradekOptions): Promise<OdradekProcess> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'odradek-compat-')))
  const [port = 0, controllerPort = 0] = options.ports ?? (await freePorts(2))
  const settings = {
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': join(directory, 'data'),
    'metrics.port': 0,
    ...options.settings,
  }
  const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const program = [...limitedBy(options.descriptorLimit), process.execPath, ODRADEK_PROGRAM, 'start']
  const flags = options.configFile === undefined ? ['--profile', 'dev', ...sets] : ['--config', options.configFile]
  const removeDirectory = async () => {
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  const command = [...program, ...flags, ...(options.flags ?? [])]
  return new RunningOdradek({ port, controllerPort, directory, command, env: options.env ?? {}, removeDirectory })
}

/** The shell gives way to the program, which keeps its process id. */
function limitedBy(descriptors: number | undefined): readonly string[] {
  return descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors} && exec "$0" "$@"`]
}

interface RunningOptions {
  readonly port: number
  readonly controllerPort: number
  readonly directory: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly removeDirectory: () => Promise<void>
}

class RunningOdradek implements OdradekProcess {
  readonly port: number
  readonly controllerPort: number
  readonly bootstrap: string
  readonly directory: string
  readonly dataDirectory: string
  readonly #options: RunningOptions
  #child: ChildProcess | undefined
  #closed: Promise<number | null> = Promise.resolve(null)
  #hasEnded = true
  #isAnnounced = false
  #output = ''

  constructor(options: RunningOptions) {
    this.#options = options
    this.port = options.port
    this.controllerPort = options.controllerPort
    this.bootstrap = `127.0.0.1:${options.port}`
    this.directory = options.directory
    this.dataDirectory = join(options.directory, 'data')
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  start(): Promise<void> {
    this.launch()
    return this.ready()
  }

  launch(): void {
    const [program = '', ...args] = this.#options.command
    const child = spawn(program, args, { env: { ...process.env, ...this.#options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let untilReady = ''
    this.#isAnnounced = false
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-200_000)
      if (this.#isAnnounced) return
      untilReady += chunk.toString()
      this.#isAnnounced = untilReady.includes(READY)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    this.#hasEnded = false
    this.#closed = new Promise((resolve) => {
      child.on('close', (exit) => {
        this.#hasEnded = true
        resolve(exit)
      })
    })
    this.#child = child
  }

  ready(timeoutMs = START_TIMEOUT_MS): Promise<void> {
    return this.#started('open its port', () => accepts(this.port), timeoutMs)
  }

  announced(timeoutMs = START_TIMEOUT_MS): Promise<void> {
    return this.#started('say that it is ready', () => this.#isAnnounced, timeoutMs)
  }

  stop(): Promise<number | null> {
    this.#child?.kill('SIGTERM')
    return this.#closed
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#closed
  }

  ended(): Promise<number | null> {
    return this.#closed
  }

  output(): string {
    return this.#output
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#options.removeDirectory()
  }

  async #started(what: string, isSo: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs
    while (!(await isSo())) {
      if (this.#hasEnded) throw new Error(`Odradek ended while it started:\n${this.#output}`)
      if (Date.now() > deadlineMs) throw new Error(`Odradek did not ${what} within ${timeoutMs} ms:\n${this.#output}`)
      await sleep(PROBE_INTERVAL_MS)
    }
  }
}

/** The port opens only when requests are served: a connection is enough to know. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (accepted: boolean) => {
      socket.destroy()
      resolve(accepted)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}

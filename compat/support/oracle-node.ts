import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersApiVersions } from './answers-api-versions.ts'
import { freePorts } from './free-ports.ts'
import { jdkProgram } from './jars.ts'
import { helperClassPath } from './java-classes.ts'

export interface OracleOptions {
  /** Settings over those below, by Kafka's names; null takes one of those away. */
  readonly properties?: Readonly<Record<string, string | number | boolean | null>>
  /** Kept when the node is disposed, and used again (not formatted twice) by the next; a temporary one when not given. */
  readonly directory?: string
  /** The directory is formatted already, by someone else. */
  readonly isFormatted?: boolean
  /** Further arguments of `StorageTool format`, such as `--feature`, `--add-scram`. */
  readonly formatArguments?: readonly string[]
  readonly clusterId?: string
  /** Of the broker and of the controller; free ones when not given. */
  readonly ports?: readonly [number, number]
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug'
}

/** A running Apache Kafka, broker and controller in one. Disposing kills it (SIGKILL) and removes its temporary directory. */
export interface OracleNode extends AsyncDisposable {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly controllerPort: number
  /** `127.0.0.1:<port>`, for `--bootstrap-server`. */
  readonly bootstrap: string
  readonly pid: number
  readonly directory: string
  /** Its `log.dirs`, with the partitions' directories. */
  readonly dataDirectory: string
  /** SIGTERM, then waits for the controlled shutdown (at most 30 s). The directory stays until disposal. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process is gone. The directory stays until disposal. */
  kill(): Promise<void>
  /** What it logged so far. */
  log(): Promise<string>
}

export const ORACLE_CLUSTER_ID = '4L6g3nShT-eMCtK--X86sw'
const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
const PROBE_INTERVAL_MS = 50

/**
 * Formats (when new) and starts a real Apache Kafka on free loopback ports with a 512 MB heap.
 * Resolves when it answers requests. It ends by itself when the process that started it ends, however that ends.
 */
export async function startOracle(options: OracleOptions = {}): Promise<OracleNode> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'odradek-oracle-')))
  const removeDirectory = async () => {
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  const [port = 0, controllerPort = 0] = options.ports ?? (await freePorts(2))
  const child = await spawnNode(options, directory, port, controllerPort)
  const node = new RunningOracle(child, { port, controllerPort, directory, removeDirectory })
  try {
    await node.answers()
    return node
  } catch (error) {
    await node[Symbol.asyncDispose]()
    throw error
  }
}

async function spawnNode(options: OracleOptions, directory: string, port: number, controllerPort: number): Promise<ChildProcess> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'server.properties')
  const settings = { ...defaultSettings(directory, port, controllerPort), ...options.properties }
  await writeFile(
    file,
    Object.entries(settings)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
  const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Doracle.log=${logFile(directory)}`, `-Doracle.level=${options.logLevel ?? 'warn'}`]
  const classPath = await helperClassPath(join(import.meta.dirname, 'java-driver'))
  const format = ['format', '-t', options.clusterId ?? ORACLE_CLUSTER_ID, '-c', file, ...(options.formatArguments ?? [])]
  const formatted = join(directory, 'formatted')
  if (options.isFormatted) await writeFile(formatted, '')
  const program = ['-Dlog4j2.configurationFile=oracle-log4j2.properties', '-cp', classPath, 'OracleNode', file, formatted, ...format]
  return spawn(jdkProgram('java'), [...jvm, ...program], { stdio: ['pipe', 'ignore', 'pipe'] })
}

function defaultSettings(directory: string, port: number, controllerPort: number): Record<string, string | number> {
  return {
    'node.id': 1,
    'process.roles': 'broker,controller',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
    'log.dirs': join(directory, 'data'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 5,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 5,
    'group.initial.rebalance.delay.ms': 0,
  }
}

function logFile(directory: string): string {
  return join(directory, 'server.log')
}

interface RunningOptions {
  readonly port: number
  readonly controllerPort: number
  readonly directory: string
  readonly removeDirectory: () => Promise<void>
}

class RunningOracle implements OracleNode {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly controllerPort: number
  readonly bootstrap: string
  readonly pid: number
  readonly directory: string
  readonly dataDirectory: string
  readonly #child: ChildProcess
  readonly #removeDirectory: () => Promise<void>
  readonly #closed: Promise<void>
  #ended: string | null = null
  #stderr = ''

  constructor(child: ChildProcess, options: RunningOptions) {
    this.#child = child
    this.#removeDirectory = options.removeDirectory
    this.port = options.port
    this.controllerPort = options.controllerPort
    this.bootstrap = `127.0.0.1:${options.port}`
    this.directory = options.directory
    this.dataDirectory = join(options.directory, 'data')
    this.pid = child.pid ?? 0
    child.stdin?.on('error', () => {})
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-8_000)
    })
    this.#closed = new Promise((resolve) => {
      const onEnd = (how: unknown) => {
        this.#ended ??= String(how)
        resolve()
      }
      child.on('error', onEnd)
      child.on('close', (exit, signal) => onEnd(exit ?? signal))
    })
  }

  /** Resolves when the broker's listener answers ApiVersions: Apache Kafka opens it when it is unfenced. */
  async answers(): Promise<void> {
    const deadlineMs = Date.now() + START_TIMEOUT_MS
    while (!(await answersApiVersions(this.port))) {
      if (this.#ended !== null) throw new Error(`Apache Kafka ended with ${this.#ended} while it started:\n${this.#stderr}${await this.log()}`)
      if (Date.now() > deadlineMs) throw new Error(`Apache Kafka did not answer within ${START_TIMEOUT_MS} ms:\n${this.#stderr}${await this.log()}`)
      await sleep(PROBE_INTERVAL_MS)
    }
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    const stopped = await Promise.race([this.#closed.then(() => true), sleep(STOP_TIMEOUT_MS, false, { ref: false })])
    if (!stopped) throw new Error(`Apache Kafka (pid ${this.pid}) did not stop within ${STOP_TIMEOUT_MS} ms:\n${await this.log()}`)
  }

  log(): Promise<string> {
    return readFile(logFile(this.directory), 'utf8').catch(() => '')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.#removeDirectory()
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answersApiVersions } from './answers-api-versions.ts'
import { jdkProgram } from './jars.ts'
import { helperClassPath } from './java-classes.ts'
import { propertiesText, type Settings } from './properties-file.ts'

export interface KafkaProcessOptions {
  /** Gets its `server.properties` and its `server.log`, and stays. */
  readonly directory: string
  readonly settings: Settings
  /** The directory is formatted already, by someone else. */
  readonly isFormatted?: boolean
  readonly clusterId: string
  /** Further arguments of `StorageTool format`, such as `--feature`, `--add-scram`. */
  readonly formatArguments?: readonly string[]
  /** Of 127.0.0.1: the node is ready when this port answers requests. */
  readonly readyPort: number
  readonly heapMegabytes?: number
  readonly logLevel?: 'error' | 'warn' | 'info' | 'debug'
}

/** A process of Apache Kafka, in whichever roles its settings say. Disposing kills it (SIGKILL). */
export interface KafkaProcess extends AsyncDisposable {
  readonly pid: number
  /** Resolves when the port that was named answers; rejects when the process ends before. */
  ready(): Promise<void>
  /** SIGTERM, then waits for the end (at most 30 s); a broker's shutdown is controlled. */
  stop(): Promise<void>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  /** What it logged so far. */
  log(): Promise<string>
}

/** Several start at once, on a machine that does other work. */
const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 30_000
const PROBE_INTERVAL_MS = 50
const HEAP_MEGABYTES = 512

/** Formats the directory when it is new, and runs a node on it. It ends by itself when the process that started it ends, however that ends. */
export async function spawnKafka(options: KafkaProcessOptions): Promise<KafkaProcess> {
  const { directory, settings, clusterId, formatArguments = [], heapMegabytes = HEAP_MEGABYTES, logLevel = 'warn' } = options
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'server.properties')
  await writeFile(file, propertiesText(settings))
  const logFile = join(directory, 'server.log')
  const jvm = [`-Xmx${heapMegabytes}m`, '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', `-Doracle.log=${logFile}`, `-Doracle.level=${logLevel}`]
  const classPath = await helperClassPath(join(import.meta.dirname, 'java-driver'))
  const format = ['format', '-t', clusterId, '-c', file, ...formatArguments]
  const formatted = formattedMark(directory)
  if (options.isFormatted) await writeFile(formatted, '')
  const program = ['-Dlog4j2.configurationFile=oracle-log4j2.properties', '-cp', classPath, 'OracleNode', file, formatted, ...format]
  return new SpawnedKafka(spawn(jdkProgram('java'), [...jvm, ...program], { stdio: ['pipe', 'ignore', 'pipe'] }), logFile, options.readyPort)
}

/** The file that says that the node of this directory was formatted. */
export function formattedMark(directory: string): string {
  return join(directory, 'formatted')
}

class SpawnedKafka implements KafkaProcess {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #logFile: string
  readonly #readyPort: number
  readonly #closed: Promise<void>
  #ended: string | null = null
  #stderr = ''

  constructor(child: ChildProcess, logFile: string, readyPort: number) {
    this.#child = child
    this.#logFile = logFile
    this.#readyPort = readyPort
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

  /** Apache Kafka opens a broker's listener when the broker is unfenced. */
  async ready(): Promise<void> {
    const deadlineMs = Date.now() + START_TIMEOUT_MS
    while (!(await answersApiVersions(this.#readyPort))) {
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

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  log(): Promise<string> {
    return readFile(this.#logFile, 'utf8').catch(() => '')
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}

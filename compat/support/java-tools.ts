import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type CommandOptions, type CommandResult, runCommand } from './command.ts'
import { jdkProgram, kafkaJars } from './jars.ts'
import { helperClassPath } from './java-classes.ts'

export interface ToolResult {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface ToolOptions {
  readonly stdin?: string
  /** The tool is ended as by SIGTERM (exit 143) after this; 60 seconds when not given. */
  readonly timeoutMs?: number
}

/** One JVM that runs Apache Kafka's tools one after another. Two tools at the same time take two of these. */
export interface JavaTools extends AsyncDisposable {
  /** @param className such as `org.apache.kafka.tools.TopicCommand` */
  run(className: string, args: readonly string[], options?: ToolOptions): Promise<ToolResult>
  /**
   * What tools did after their end, where a process of their own would have taken their threads with it: sentences, the last hundred.
   * It reached no other tool.
   */
  readonly leftOver: readonly string[]
}

const DRIVER_DIRECTORY = join(import.meta.dirname, 'java-driver')
const DEFAULT_TIMEOUT_MS = 60_000
const LEFT_OVER_KEPT = 100
const JVM_OPTIONS = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8']

/** Starts the JVM (0.5 s). It ends when disposed, and by itself when the process that started it ends. */
export async function startJavaTools(): Promise<JavaTools> {
  const classPath = await helperClassPath(DRIVER_DIRECTORY)
  const args = [...JVM_OPTIONS, '-Dlog4j2.configurationFile=log4j2.properties', '-cp', classPath, 'ToolDriver']
  return new ToolDriver(spawn(jdkProgram('java'), args, { stdio: 'pipe' }))
}

/** Runs one tool as a process of its own (1.2 s): for what only a process shows, such as its exit code or a large input. */
export async function runJavaProcess(className: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const classPath = await helperClassPath(DRIVER_DIRECTORY)
  const java = [...JVM_OPTIONS, '-Dlog4j2.configurationFile=log4j2.properties', '-cp', classPath, className, ...args]
  return runCommand(jdkProgram('java'), java, { timeoutMs: DEFAULT_TIMEOUT_MS, ...options })
}

/**
 * Starts one tool as a process of its own, for input and output of any length. The one who starts it ends it.
 * Its standard error is captured by whoever reads the stream.
 */
export async function spawnJavaProcess(className: string, args: readonly string[]): Promise<ChildProcessWithoutNullStreams> {
  const classPath = await helperClassPath(DRIVER_DIRECTORY)
  return spawn(jdkProgram('java'), [...JVM_OPTIONS, '-Dlog4j2.configurationFile=log4j2.properties', '-cp', classPath, className, ...args], { stdio: 'pipe' })
}

/** Runs one `.java` file of a test's own on Apache Kafka's class path and gives what it printed; throws when it fails. */
export async function runJavaSource(path: string, args: readonly string[] = [], options: CommandOptions = {}): Promise<string> {
  const { classPath } = await kafkaJars()
  const result = await runCommand(jdkProgram('java'), [...JVM_OPTIONS, '-cp', classPath, path, ...args], { timeoutMs: DEFAULT_TIMEOUT_MS, ...options })
  if (result.exit !== 0) throw new Error(`${path} ended with ${result.exit ?? result.signal}:\n${result.stderr}`)
  return result.stdout
}

/** A line of the driver. */
type Told = (ToolResult & { readonly id: number }) | { readonly leftOver: string }

interface Waiting {
  readonly resolve: (result: ToolResult) => void
  readonly reject: (error: Error) => void
}

class ToolDriver implements JavaTools {
  readonly leftOver: string[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #waiting = new Map<number, Waiting>()
  readonly #closed: Promise<void>
  #nextId = 1
  #ended: Error | null = null
  #stderr = ''

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-4_000)
    })
    child.stdin.on('error', () => {})
    createInterface({ input: child.stdout }).on('line', (line) => this.#onTold(JSON.parse(line) as Told))
    this.#closed = new Promise((resolve) => {
      child.on('error', (error) => this.#onEnd(error, resolve))
      child.on('close', (exit, signal) => this.#onEnd(new Error(`the JVM of the tools ended with ${exit ?? signal}: ${this.#stderr}`), resolve))
    })
  }

  run(className: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    const id = this.#nextId++
    const request = { id, class: className, args, stdin: options.stdin ?? '', timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS }
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#child.stdin.write(`${JSON.stringify(request)}\n`)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin.end()
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  #onTold(told: Told): void {
    if ('leftOver' in told) {
      this.leftOver.push(told.leftOver)
      if (this.leftOver.length > LEFT_OVER_KEPT) this.leftOver.shift()
      return
    }
    const { id, ...result } = told
    this.#waiting.get(id)?.resolve(result)
    this.#waiting.delete(id)
  }

  #onEnd(error: Error, resolve: () => void): void {
    this.#ended ??= error
    for (const waiting of this.#waiting.values()) waiting.reject(error)
    this.#waiting.clear()
    resolve()
  }
}

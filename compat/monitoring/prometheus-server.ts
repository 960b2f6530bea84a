import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { alertRules } from '../../build/monitoring/alerts/alert-rules.ts'
import { alerts } from '../../build/monitoring/alerts/alerts.ts'
import { freePorts } from '../../test/support/free-ports.ts'

const CONFIG_FILE = join(import.meta.dirname, '../../docker/prometheus/prometheus.yml')
const START_TIMEOUT_MS = 30_000
const POLL_MS = 200
/** Scrapes and evaluations come as often; what must hold for minutes must hold for as long here. */
const INTERVAL = '1s'
const FOR_SECONDS = 1

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface FiringAlert {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

interface PrometheusConfig {
  global: Record<string, unknown>
  scrape_configs: { static_configs: { targets: readonly string[] }[]; dns_sd_configs?: unknown }[]
}

/** A real Prometheus over docker/prometheus/prometheus.yml, but quick, and reading these targets. Its alerts are those of the source, but wait a second only. */
export class PrometheusServer implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #closed: Promise<void>
  readonly #url: string
  readonly #directory: string
  #output = ''
  #hasEnded = false

  /** @param targets `host:port` of nodes' metrics */
  static async start(targets: readonly string[]): Promise<PrometheusServer> {
    const directory = await mkdtemp(join(tmpdir(), 'odradek-prometheus-'))
    const [port = 0] = await freePorts(1)
    await writeFile(join(directory, 'prometheus.yml'), await quickConfig(targets))
    await writeFile(join(directory, 'alerts.yml'), alertRules(alerts.map((alert) => ({ ...alert, forSeconds: Math.min(alert.forSeconds, FOR_SECONDS) }))))
    const server = new PrometheusServer(directory, port)
    try {
      await server.#ready()
      return server
    } catch (error) {
      await server[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(directory: string, port: number) {
    this.#directory = directory
    this.#url = `http://127.0.0.1:${port}`
    const flags = [
      '--config.file',
      join(directory, 'prometheus.yml'),
      '--storage.tsdb.path',
      join(directory, 'data'),
      '--web.listen-address',
      `127.0.0.1:${port}`,
    ]
    this.#child = spawn('prometheus', flags, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-20_000)
    })
    this.#closed = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.#hasEnded = true
        resolve()
      })
    })
  }

  /** What an expression gives now. */
  async query(expr: string): Promise<Series[]> {
    const { result } = await this.#ask<{ readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(expr)}`,
    )
    return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
  }

  /** The values that a label of the series that match has. */
  labelValues(label: string, match: string): Promise<readonly string[]> {
    return this.#ask(`label/${label}/values?match[]=${encodeURIComponent(match)}`)
  }

  async firing(): Promise<FiringAlert[]> {
    const { alerts: all } = await this.#ask<{
      readonly alerts: readonly { readonly state: string; readonly labels: Record<string, string>; readonly annotations: Record<string, string> }[]
    }>('alerts')
    return all.filter(({ state }) => state === 'firing').map(({ labels, annotations }) => ({ name: labels.alertname ?? '', labels, annotations }))
  }

  /** Resolves with the alerts of this name when there is one that `is` so. */
  untilFiring(name: string, is: (alert: FiringAlert) => boolean = () => true, timeoutMs = 60_000): Promise<FiringAlert[]> {
    return this.#until(`${name} fires`, timeoutMs, async () => (await this.firing()).filter((alert) => alert.name === name && is(alert)))
  }

  /** Resolves when no alert of this name fires. */
  async untilQuiet(name: string, timeoutMs = 60_000): Promise<void> {
    await this.#until(`${name} is quiet`, timeoutMs, async () => ((await this.firing()).some((alert) => alert.name === name) ? [] : [true]))
  }

  /** Resolves with what an expression gives, when that is anything. */
  untilData(expr: string, timeoutMs = 60_000): Promise<Series[]> {
    return this.#until(`${expr} gives data`, timeoutMs, () => this.query(expr))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 3 })
  }

  async #until<T>(what: string, timeoutMs: number, look: () => Promise<T[]>): Promise<T[]> {
    const deadlineMs = Date.now() + timeoutMs
    for (;;) {
      const found = await look()
      if (found.length > 0) return found
      if (Date.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}; firing: ${(await this.firing()).map(({ name }) => name).join(', ')}`)
      await sleep(POLL_MS)
    }
  }

  async #ready(): Promise<void> {
    const deadlineMs = Date.now() + START_TIMEOUT_MS
    for (;;) {
      const answer = await fetch(`${this.#url}/-/ready`).catch((error: Error) => error)
      if (!(answer instanceof Error) && answer.ok) return
      if (this.#hasEnded || Date.now() > deadlineMs) throw new Error(`Prometheus does not start:\n${this.#output}`)
      await sleep(POLL_MS)
    }
  }

  async #ask<T>(path: string): Promise<T> {
    const answer = (await (await fetch(`${this.#url}/api/v1/${path}`)).json()) as { readonly status: string; readonly data: T; readonly error?: string }
    if (answer.status !== 'success') throw new Error(`Prometheus refuses ${decodeURIComponent(path)}: ${answer.error}`)
    return answer.data
  }
}

async function quickConfig(targets: readonly string[]): Promise<string> {
  const config = parse(await readFile(CONFIG_FILE, 'utf8')) as PrometheusConfig
  Object.assign(config.global, { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL })
  for (const job of config.scrape_configs) {
    job.static_configs = [{ targets }]
    delete job.dns_sd_configs
  }
  return stringify(config)
}

import { readableLine } from '../../platform/logs/readable-log.ts'
import type { LogFields } from '../../telemetry/logger.ts'

/** Width of the name in front of a line: that of `cluster`. */
const NAME_WIDTH = 7

export interface MergedLogOptions {
  /** For terminals; else each line is one object of JSON, with the node in `node`. */
  readonly isReadable: boolean
  readonly colours: boolean
  readonly write: (text: string) => void
  /** ISO 8601. */
  readonly now: () => string
  /** Whether lines of this level are logged. */
  readonly isLogged: (level: 'error' | 'warn' | 'info') => boolean
}

/** One log of all nodes of a local cluster and of what runs them: each line says whose it is. */
export class MergedLog {
  readonly #options: MergedLogOptions

  constructor(options: MergedLogOptions) {
    this.#options = options
  }

  /** @param line as the node wrote it: mostly an object of JSON, or what it said as it ended */
  ofNode(nodeNumber: number, line: string): void {
    if (line.trim() === '') return
    const json = line.startsWith('{') && line.endsWith('}') ? line : null
    this.#put(`node-${nodeNumber}`, json ?? this.#line('error', 'node', line, {}), `"node":${nodeNumber},`)
  }

  error = (message: string, fields: LogFields = {}): void => this.#ofCluster('error', message, fields)
  warn = (message: string, fields: LogFields = {}): void => this.#ofCluster('warn', message, fields)
  info = (message: string, fields: LogFields = {}): void => this.#ofCluster('info', message, fields)

  #ofCluster(level: 'error' | 'warn' | 'info', message: string, fields: LogFields): void {
    if (this.#options.isLogged(level)) this.#put('cluster', this.#line(level, 'cluster', message, fields), '')
  }

  #line(level: string, component: string, message: string, fields: LogFields): string {
    return JSON.stringify({ level, time: this.#options.now(), component, ...fields, msg: message })
  }

  #put(name: string, json: string, nodeField: string): void {
    const { isReadable, colours, write } = this.#options
    if (!isReadable) {
      write(`{${nodeField}${json.slice(1)}\n`)
      return
    }
    const text = readableLine(json, { colours })
    const prefix = `${name.padEnd(NAME_WIDTH)} | `
    write(`${prefix}${text.trimEnd().replaceAll('\n', `\n${prefix}`)}\n`)
  }
}

import { type DestinationStream, destination, type Logger as Pino, pino, stdSerializers, stdTimeFunctions } from 'pino'
import type { LogFields, Logger } from '../../telemetry/logger.ts'
import type { LogLevel } from '../../telemetry/logger-levels.ts'
import { type LevelCell, LogLevels, severityOf } from './log-levels.ts'
import { readableLine } from './readable-log.ts'

export interface LogOutput {
  write(text: string): void
}

export interface LogOptions {
  /** Of components without a level of their own; `info` when left out. */
  readonly level?: LogLevel
  /** `json`: one object a line; `readable`: for terminals; `auto` (when left out): readable exactly when standard output is a terminal. */
  readonly format?: 'json' | 'readable' | 'auto'
  /** Standard output when left out. */
  readonly output?: LogOutput
}

export interface Log {
  readonly logger: Logger
  readonly levels: LogLevels
}

/** Lines are written before the call returns: a process that dies has said why. */
export function startLog(options: LogOptions = {}): Log {
  const levels = new LogLevels(options.level ?? 'info')
  const root = pino(
    {
      // Levels are decided here by component, so pino lets everything pass.
      level: 'trace',
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
    },
    chooseDestination(options),
  )
  return { logger: new PinoLogger(root, levels, 'node', {}), levels }
}

function chooseDestination(options: LogOptions): DestinationStream {
  const output: LogOutput = options.output ?? destination({ fd: 1, sync: true })
  const isTerminal = options.output === undefined && process.stdout.isTTY === true
  const isReadable = options.format === 'readable' || (options.format !== 'json' && isTerminal)
  if (!isReadable) return output
  return { write: (line: string) => output.write(readableLine(line, { colours: isTerminal && process.env.NO_COLOR === undefined })) }
}

class PinoLogger implements Logger {
  readonly #pino: Pino
  readonly #root: Pino
  readonly #levels: LogLevels
  readonly #cell: LevelCell
  readonly #fields: LogFields

  constructor(root: Pino, levels: LogLevels, component: string, fields: LogFields) {
    this.#root = root
    this.#levels = levels
    this.#cell = levels.cell(component)
    this.#fields = fields
    this.#pino = root.child({ component, ...fields })
  }

  error(message: string, fields: LogFields = {}): void {
    if (this.#cell.threshold <= severityOf('error')) this.#pino.error(fields, message)
  }

  warn(message: string, fields: LogFields = {}): void {
    if (this.#cell.threshold <= severityOf('warn')) this.#pino.warn(fields, message)
  }

  info(message: string, fields: LogFields = {}): void {
    if (this.#cell.threshold <= severityOf('info')) this.#pino.info(fields, message)
  }

  debug(message: string, fields: LogFields = {}): void {
    if (this.#cell.threshold <= severityOf('debug')) this.#pino.debug(fields, message)
  }

  child(component: string, fields: LogFields = {}): Logger {
    return new PinoLogger(this.#root, this.#levels, component, { ...this.#fields, ...fields })
  }
}

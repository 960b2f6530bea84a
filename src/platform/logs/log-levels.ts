import type { LoggerLevels, LogLevel } from '../../telemetry/logger-levels.ts'

const SEVERITY: Readonly<Record<LogLevel, number>> = { off: 100, fatal: 60, error: 50, warn: 40, info: 30, debug: 20, trace: 10 }

/** Where a logger looks whether a line is wanted: shared by all loggers of one component, so that a change reaches them at once. */
export interface LevelCell {
  /** Lines of at least this severity are written. */
  threshold: number
}

export function severityOf(level: LogLevel): number {
  return SEVERITY[level]
}

/** Which lines are written, component by component; changeable while the node runs (IncrementalAlterConfigs on BROKER_LOGGER). */
export class LogLevels implements LoggerLevels {
  #defaultLevel: LogLevel
  readonly #explicit = new Map<string, LogLevel>()
  /** One for each component, which are as many as the program names. */
  readonly #cells = new Map<string, LevelCell>()

  constructor(defaultLevel: LogLevel) {
    this.#defaultLevel = defaultLevel
  }

  get defaultLevel(): LogLevel {
    return this.#defaultLevel
  }

  /** For all components that have no level of their own. */
  setDefault(level: LogLevel): void {
    this.#defaultLevel = level
    for (const [component, cell] of this.#cells) cell.threshold = severityOf(this.get(component))
  }

  get(component: string): LogLevel {
    return this.#explicit.get(component) ?? this.#defaultLevel
  }

  /** @param level null gives the component back to the default */
  set(component: string, level: LogLevel | null): void {
    if (level === null) this.#explicit.delete(component)
    else this.#explicit.set(component, level)
    this.cell(component).threshold = severityOf(this.get(component))
  }

  /** The components that have logged or were given a level, in the order in which they came up. */
  components(): string[] {
    return [...this.#cells.keys()]
  }

  cell(component: string): LevelCell {
    let cell = this.#cells.get(component)
    if (cell === undefined) {
      cell = { threshold: severityOf(this.get(component)) }
      this.#cells.set(component, cell)
    }
    return cell
  }
}

/** From the least to the most that is written. Nothing here is as severe as `fatal`, which is one of Kafka's levels. */
export type LogLevel = 'off' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** Which lines the loggers of a node write, component by component; changes act at once. */
export interface LoggerLevels {
  /** Of components that have none of their own. */
  readonly defaultLevel: LogLevel
  components(): readonly string[]
  get(component: string): LogLevel
  /** For all components that have no level of their own. */
  setDefault(level: LogLevel): void
  /** @param level null gives the component back to the default */
  set(component: string, level: LogLevel | null): void
}

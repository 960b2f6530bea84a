/** Which lines the loggers of a node write, component by component. */
export interface LoggerLevels {
  /** Of components that have none of their own: `info`, `warn`, … */
  readonly defaultLevel: string
  components(): readonly string[]
  get(component: string): string
}

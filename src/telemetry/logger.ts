/** Values that stand in a log line beside its constant message. */
export type LogFields = Readonly<Record<string, unknown>>

/**
 * Where components write what an operator should know. The message is constant text; what varies stands in `fields`.
 * Never called per record. `error` values are passed as the field `error`.
 */
export interface Logger {
  error(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  debug(message: string, fields?: LogFields): void
  /** A logger whose lines carry `component` (replication, storage, group, …) and the given fields. */
  child(component: string, fields?: LogFields): Logger
}

/** For parts that are built without a node around them. */
export const silentLogger: Logger = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
}

import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ConfigOperation } from '../config/changes/config-operation.ts'
import { parseJavaInt } from '../config/values/java-int.ts'
import type { ControllerError } from '../controller/controller.ts'
import { failure, NO_ERROR } from '../controller/controller-error.ts'
import type { LoggerLevels, LogLevel } from '../telemetry/logger-levels.ts'
import { refused } from './config-edits.ts'
import type { Services } from './services.ts'

/** Kafka's name for what holds for all loggers without a level of their own. */
export const ROOT_LOGGER = 'root'

/** As Kafka writes them, and prints them. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['DEBUG', 'debug'],
  ['ERROR', 'error'],
  ['FATAL', 'fatal'],
  ['INFO', 'info'],
  ['TRACE', 'trace'],
  ['WARN', 'warn'],
])

interface LoggerOperation {
  readonly name: string
  /** null for one that nobody knows. */
  readonly operation: ConfigOperation | null
  readonly configOperation: number
  readonly value: string | null
}

export interface AlterLoggers {
  /** The id of a node. */
  readonly name: string
  readonly operations: readonly LoggerOperation[]
  readonly validateOnly: boolean
}

/**
 * Sets levels of this node's loggers, all of them or none. They act at once, and are those of the start after a restart.
 * Source: KIP-412; kafka.server.logger.RuntimeLoggerManager.
 */
export function alterLoggers({ nodeId, logLevels }: Pick<Services, 'nodeId' | 'logLevels'>, { name, operations, validateOnly }: AlterLoggers): ControllerError {
  const id = parseJavaInt(name)
  if (id === null) return refused(`Node id must be an integer, but it is: ${name}`)
  if (id !== nodeId) return refused(`Unexpected node id. Expected ${nodeId}, but received ${id}`)
  for (const operation of operations) {
    const refusal = operationRefusal(logLevels, operation)
    if (refusal !== null) return refusal
  }
  if (!validateOnly && logLevels !== null) for (const operation of operations) apply(logLevels, operation)
  return NO_ERROR
}

function operationRefusal(levels: LoggerLevels | null, { name, operation, configOperation, value }: LoggerOperation): ControllerError | null {
  switch (operation) {
    case 'set':
      if (!exists(levels, name)) return missing(name)
      return LEVELS.has(value ?? '') ? null : failure(ErrorCode.INVALID_CONFIG, unsupportedLevel(name, value))
    case 'delete':
      if (!exists(levels, name)) return missing(name)
      return name === ROOT_LOGGER ? refused(`Removing the log level of the ${ROOT_LOGGER} logger is not allowed`) : null
    case 'append':
    case 'subtract':
      return refused(`${operation.toUpperCase()} operation is not allowed for the BROKER_LOGGER resource`)
    case null:
      return refused(`Unknown operation type ${configOperation} is not allowed for the BROKER_LOGGER resource`)
  }
}

function exists(levels: LoggerLevels | null, name: string): boolean {
  return levels !== null && (name === ROOT_LOGGER || levels.components().includes(name))
}

function missing(name: string): ControllerError {
  return failure(ErrorCode.INVALID_CONFIG, `Logger ${name} does not exist!`)
}

function unsupportedLevel(name: string, level: string | null): string {
  return `Cannot set the log level of ${name} to ${level} as it is not a supported log level. Valid log levels are ${[...LEVELS.keys()].join(', ')}`
}

function apply(levels: LoggerLevels, { name, operation, value }: LoggerOperation): void {
  const level = operation === 'set' ? (LEVELS.get(value ?? '') ?? null) : null
  if (name !== ROOT_LOGGER) levels.set(name, level)
  else if (level !== null) levels.setDefault(level)
}

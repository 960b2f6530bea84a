import { ErrorCode, errorMessage, errorName } from '../../../protocol/error-codes.ts'
import { NetworkError, OdradekError } from '../../base/errors.ts'

/** A broker, or this side in its place, answered with one of Kafka's errors. */
export class KafkaError extends OdradekError {
  /** As on the wire. */
  readonly errorCode: number

  /**
   * @param message of the broker; Kafka's standard text for the code where there is none, or an empty one
   * @param about what it is about, such as `Topic orders`, which the standard text does not say
   */
  constructor(errorCode: number, message?: string | null, { cause, about }: { readonly cause?: unknown; readonly about?: string | undefined } = {}) {
    const standard = errorMessage(errorCode) ?? errorName(errorCode)
    const text = message || standard
    super(errorName(errorCode), text, { cause, fields: about !== undefined && text === standard ? { about } : {} })
    this.name = 'KafkaError'
    this.errorCode = errorCode
  }

  /** The name under which Java's clients throw it, which their tools print. */
  get javaName(): string {
    const name = errorName(this.errorCode)
    return `org.apache.kafka.common.errors.${IRREGULAR[name] ?? `${camelCase(name)}Exception`}`
  }
}

/** Throws a `KafkaError` unless `errorCode` is NONE. */
export function check(errorCode: number, message?: string | null, about?: string): void {
  if (errorCode !== ErrorCode.NONE) throw new KafkaError(errorCode, message, { about })
}

export function isKafkaError(error: unknown, ...codes: readonly number[]): error is KafkaError {
  return error instanceof KafkaError && codes.includes(error.errorCode)
}

/** Errors that pass by themselves: a leader or coordinator moves, or is about to be there. */
const TRANSIENT: ReadonlySet<number> = new Set([
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.REPLICA_NOT_AVAILABLE,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.NOT_CONTROLLER,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.LISTENER_NOT_FOUND,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_LEADER_EPOCH,
  ErrorCode.OFFSET_NOT_AVAILABLE,
  ErrorCode.UNSTABLE_OFFSET_COMMIT,
  ErrorCode.BROKER_NOT_AVAILABLE,
])

const TRANSIENT_OF_CONNECTIONS: ReadonlySet<string> = new Set(['CLIENT_TIMEOUT', 'CLIENT_CLOSED'])

/** Whether the same request may succeed a moment later. */
export function isTransient(error: unknown): boolean {
  if (error instanceof KafkaError) return TRANSIENT.has(error.errorCode)
  // A certificate does not become another one, and credentials do not become right.
  if (error instanceof NetworkError) return error.reason !== 'tls'
  return error instanceof OdradekError && TRANSIENT_OF_CONNECTIONS.has(error.code)
}

/** Where Java's name does not follow from the code's. Source: org.apache.kafka.common.protocol.Errors of 4.3.1. */
const IRREGULAR: Readonly<Record<string, string>> = {
  UNKNOWN_SERVER_ERROR: 'UnknownServerException',
  MESSAGE_TOO_LARGE: 'RecordTooLargeException',
  REQUEST_TIMED_OUT: 'TimeoutException',
  OFFSET_METADATA_TOO_LARGE: 'OffsetMetadataTooLarge',
  INVALID_TOPIC_EXCEPTION: 'InvalidTopicException',
  RECORD_LIST_TOO_LARGE: 'RecordBatchTooLargeException',
  INVALID_COMMIT_OFFSET_SIZE: 'InvalidCommitOffsetSizeException',
  TOPIC_ALREADY_EXISTS: 'TopicExistsException',
  INVALID_CONFIG: 'InvalidConfigurationException',
  UNSUPPORTED_SASL_MECHANISM: 'UnsupportedSaslMechanismException',
  ILLEGAL_SASL_STATE: 'IllegalSaslStateException',
  INVALID_PRODUCER_ID_MAPPING: 'InvalidPidMappingException',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'OutOfOrderSequenceException',
  DUPLICATE_SEQUENCE_NUMBER: 'DuplicateSequenceException',
  INVALID_TRANSACTION_TIMEOUT: 'InvalidTxnTimeoutException',
  NON_EMPTY_GROUP: 'GroupNotEmptyException',
  FENCED_INSTANCE_ID: 'FencedInstanceIdException',
  KAFKA_STORAGE_ERROR: 'KafkaStorageException',
  SASL_AUTHENTICATION_FAILED: 'SaslAuthenticationException',
  GROUP_MAX_SIZE_REACHED: 'GroupMaxSizeReachedException',
  CORRUPT_MESSAGE: 'CorruptRecordException',
}

function camelCase(name: string): string {
  return name
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}

import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Role } from '../../actor.ts'
import type { KafkaClient } from '../../kafka-client.ts'

export const BROKER = { host: 'broker', port: 9092 }
export const TOPIC = 't'
export const PARTITIONS = [0, 1]

/** What is checked at the end, too. */
export interface OneNodeRole extends Role {
  /** Looks at the end for what is there, and throws when it is not what must be. */
  verify(client: KafkaClient): Promise<void>
}

/** What can be asked of a broker that is coming up, goes away, or has lost a disk: asked again. */
const PASSING: ReadonlySet<number> = new Set([
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.KAFKA_STORAGE_ERROR,
])

export function isPassing(errorCode: number | undefined): boolean {
  return errorCode !== undefined && PASSING.has(errorCode)
}

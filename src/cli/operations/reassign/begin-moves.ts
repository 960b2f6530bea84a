import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { OdradekError } from '../../../base/errors.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { isKafkaError, KafkaError } from '../kafka-error.ts'
import { type PartitionFailure, reassignPartitions } from './reassign-partitions.ts'
import type { PlannedPartition } from './reassignment-plan.ts'
import { type Bound, type Throttle, throttleMoves, VERIFY } from './throttle.ts'

export interface BegunMoves {
  readonly refused: readonly PartitionFailure[]
  /** What was set for it; null for nothing. */
  readonly bound: Bound | null
}

/**
 * Begins to move the partitions of a plan, if wanted with a bound on what each broker copies. Where nothing begins, no bound is left.
 * @param bytesPerSecond null for no bound; one that is there stays then
 * Errors: of all at once; THROTTLE_STANDS where the bound had to be left, with what takes it away.
 */
export async function beginMoves(client: ClusterClient, plan: readonly PlannedPartition[], bytesPerSecond: number | null): Promise<BegunMoves> {
  if (bytesPerSecond === null) return { refused: await reassignPartitions(client, plan), bound: null }
  const throttle = await throttleMoves(client, plan, bytesPerSecond)
  const refused = await underThrottle(throttle, () => reassignPartitions(client, plan))
  if (refused.length < plan.length) return { refused, bound: throttle }
  await throttle.takeBack()
  return { refused, bound: null }
}

async function underThrottle<T>(throttle: Throttle, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isRefusal(error)) throw stands(error)
    await throttle.takeBack()
    throw error
  }
}

/** A broker has said no: else what was asked for may be done by now, or be done later. */
function isRefusal(error: unknown): boolean {
  return error instanceof KafkaError && !isKafkaError(error, ErrorCode.REQUEST_TIMED_OUT)
}

function stands(cause: unknown): unknown {
  if (!(cause instanceof OdradekError)) return cause
  return new OdradekError('THROTTLE_STANDS', `${cause.message}\nWhether partitions are moved is not known, so the bound on copying stays. ${VERIFY}`, { cause })
}

import { crc32c } from '../../../protocol/crc32c.ts'
import type { Uuid } from '../../../protocol/uuid.ts'

/**
 * Stands for what a client is asked for: it changes when that does. The same on every node of a cluster, of either kind,
 * since clients go from one to another with it.
 *
 * @param metrics in the order in which they are told
 * Source: org.apache.kafka.server.ClientMetricsManager.computeSubscriptionId; KIP-714.
 */
export function subscriptionIdOf(metrics: readonly string[], pushIntervalMs: number, clientInstanceId: Uuid): number {
  return (crc32c(Buffer.from(`[${metrics.join(', ')}]${pushIntervalMs}`)) ^ javaHashCodeOf(clientInstanceId)) | 0
}

/** Source: org.apache.kafka.common.Uuid.hashCode. */
function javaHashCodeOf(uuid: Uuid): number {
  const bytes = Buffer.from(uuid, 'base64url')
  return bytes.readInt32BE(0) ^ bytes.readInt32BE(4) ^ bytes.readInt32BE(8) ^ bytes.readInt32BE(12)
}

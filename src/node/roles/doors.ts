import type { Timers } from '../../base/ports.ts'
import type { BrokerLifecycle } from '../../broker/broker-lifecycle.ts'
import type { GroupService } from '../../group/group-service.ts'
import type { Services } from '../../handlers/services.ts'
import type { MetadataService } from '../../metadata/metadata-service.ts'
import type { ClientTelemetry } from '../../observing/pushed/client-telemetry.ts'
import type { Server } from '../../server/server.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'

export interface DoorsOptions {
  readonly server: Server<Services>
  readonly services: Services
  readonly broker: BrokerLifecycle
  readonly groups: GroupService
  readonly telemetry: Pick<ClientTelemetry, 'connectionClosed'>
  /** For what clients wait for. */
  readonly timers: Timers
  readonly failure: NodeFailure
  readonly teardown: Teardown
}

/** How long connections may take to get their last replies when the node stops. */
const DRAIN_MS = 5_000
/** After this long without a reply, what still waits is a join or a sync of a group: the coordinator answers them, as when it moves. */
const GROUP_WAIT_MS = 100

/**
 * Opens the broker's listeners. When the node stops, others first take over what it leads, while it answers that they do, so
 * that no client comes to a closed door (KIP-631); where there are none, the doors close first.
 */
export async function openDoors({ server, services, broker, groups, telemetry, timers, failure, teardown }: DoorsOptions): Promise<void> {
  teardown.add("the broker's listeners", async () => {
    if (failure.error === null && hasOthers(services.metadata, services.nodeId)) await broker.shutDown()
    await stopServing(server, groups, timers)
  })
  await server.open(services, (connectionId) => {
    groups.onConnectionClosed(connectionId)
    telemetry.connectionClosed(connectionId)
  })
}

function hasOthers(metadata: MetadataService, nodeId: number): boolean {
  for (const { id, fenced } of metadata.image().cluster.brokers.values()) if (id !== nodeId && !fenced) return true
  return false
}

/**
 * Of clients: nodes of the quorum ask until this one has left it. Requests that are being served are answered first; members
 * that wait for others to join are sent to look for the coordinator again.
 */
async function stopServing(server: Server<Services>, groups: AsyncDisposable, timers: Timers): Promise<void> {
  const isDrained = new AbortController()
  const drained = server.drainKind('broker', DRAIN_MS).finally(() => isDrained.abort())
  // It rejects when all is drained before the time.
  await timers.sleep(GROUP_WAIT_MS, isDrained.signal).catch(() => {})
  await groups[Symbol.asyncDispose]()
  await drained
}

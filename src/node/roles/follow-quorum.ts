import { deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import type { OpenMetadata } from '../parts/open-metadata.ts'

export interface FollowQuorumOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly metadata: Pick<OpenMetadata, 'start'>
  readonly ports: Pick<Ports, 'timers'>
}

/**
 * Takes part in the quorum, or follows it; see `OpenMetadata.start`. A broker waits no longer than it would to register, as in
 * Kafka; a controller waits for the others as long as it takes.
 * Errors: BROKER_REGISTRATION that says what to check.
 */
export async function followQuorum({ config, identity, metadata, ports }: FollowQuorumOptions): Promise<void> {
  if (!identity.isBroker) return metadata.start()
  const timeoutMs = config.get('initial.broker.registration.timeout.ms')
  const tooLong = deferred<never>()
  const timer = ports.timers.schedule(timeoutMs, () => tooLong.reject(unreachable(identity.nodeId, timeoutMs)))
  try {
    await Promise.race([metadata.start(), tooLong.promise])
  } finally {
    timer.cancel()
  }
}

function unreachable(nodeId: number, timeoutMs: number): OdradekError {
  const advice =
    'check that a majority of the controllers runs, that controller.quorum.bootstrap.servers or controller.quorum.voters name them, and that their ports can be reached from here'
  return new OdradekError(
    'BROKER_REGISTRATION',
    `broker ${nodeId} could not register: no active controller was found for ${timeoutMs} ms (initial.broker.registration.timeout.ms); ${advice}`,
    { fields: { nodeId, timeoutMs } },
  )
}

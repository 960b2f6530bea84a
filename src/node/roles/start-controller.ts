import type { RunningNode } from '../running-node.ts'
import { BrokerConfigs } from '../settings/broker-configs.ts'
import type { NodeParts } from './start-broker.ts'

/** A node without the broker role: beside its part in the quorum it follows the settings of the cluster. */
export async function startControllerAlone({
  config,
  identity,
  logger,
  server,
  services,
  metadata,
}: NodeParts): Promise<Pick<RunningNode, 'control' | 'controlAt'>> {
  await metadata.loader.addPublisher(new BrokerConfigs(identity.nodeId, config, logger.child('config')))
  await server.open(services)
  return { control: null, controlAt: null }
}

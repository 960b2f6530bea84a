import { BrokerHeartbeatApi } from '../../../protocol/messages/broker-heartbeat.ts'
import type { PeerClient } from '../../client/peer-client.ts'
import type { HeartbeatCommand, HeartbeatReply } from '../../controller/brokers/broker-heartbeat.ts'
import { plainFailure } from '../../controller/controller-error.ts'
import { checkController } from './not-controller.ts'

const FIRST_VERSION_WITH_OFFLINE = 1
const FIRST_VERSION_WITH_CORDONED = 2

/** What a broker is told in answer to its heartbeat. */
export type ToldHeartbeat = Omit<HeartbeatReply, 'isShuttingDown'>

/** Directories are named to controllers that know of them. Source: KIP-631, KIP-858, KIP-1066. */
export async function askBrokerHeartbeat(controller: PeerClient, command: HeartbeatCommand): Promise<ToldHeartbeat> {
  const request = (version: number) => ({
    ...command,
    offlineLogDirs: version < FIRST_VERSION_WITH_OFFLINE ? [] : command.offlineLogDirs,
    cordonedLogDirs: version < FIRST_VERSION_WITH_CORDONED ? null : command.cordonedLogDirs,
  })
  const { errorCode, isCaughtUp, isFenced, shouldShutDown } = checkController(await controller.send(BrokerHeartbeatApi, request))
  return { ...plainFailure(errorCode), isCaughtUp, isFenced, shouldShutDown }
}

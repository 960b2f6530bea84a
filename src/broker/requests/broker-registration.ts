import { BrokerRegistrationApi } from '../../../protocol/messages/broker-registration.ts'
import type { PeerClient } from '../../client/peer-client.ts'
import type { BrokerRegistrationCommand, RegistrationReply } from '../../controller/brokers/broker-registration.ts'
import { plainFailure } from '../../controller/controller-error.ts'
import { checkController } from './not-controller.ts'

/** As Kafka's brokers register: what an older controller does not know is left out. Source: KIP-631, KIP-858, KIP-966. */
export async function askBrokerRegistration(controller: PeerClient, command: BrokerRegistrationCommand): Promise<RegistrationReply> {
  const { endpoints, logDirs, isMigratingZkBroker = false, ...rest } = command
  const request = { ...rest, listeners: endpoints, logDirs: logDirs.toSorted(), isMigratingZkBroker }
  const { errorCode, brokerEpoch } = checkController(await controller.send(BrokerRegistrationApi, request))
  return { ...plainFailure(errorCode), brokerEpoch }
}

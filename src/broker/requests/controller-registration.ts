import { ControllerRegistrationApi } from '../../../protocol/messages/controller-registration.ts'
import type { PeerClient } from '../../client/peer-client.ts'
import type { ControllerError } from '../../controller/controller.ts'
import type { ControllerRegistration } from '../../metadata/image.ts'
import { checkController } from './not-controller.ts'

/** Source: KIP-919. */
export async function askControllerRegistration(controller: PeerClient, registration: ControllerRegistration): Promise<ControllerError> {
  const { id: controllerId, endpoints: listeners, incarnationId, zkMigrationReady, features } = registration
  const request = { controllerId, incarnationId, zkMigrationReady, listeners, features }
  const { errorCode, errorMessage } = checkController(await controller.send(ControllerRegistrationApi, request))
  return { errorCode, errorMessage }
}

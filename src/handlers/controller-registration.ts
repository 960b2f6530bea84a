import { ErrorCode } from '../../protocol/error-codes.ts'
import { ControllerRegistrationApi } from '../../protocol/messages/controller-registration.ts'
import { plainFailure } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/**
 * ControllerRegistration (key 70), version 0. A controller says where it listens and what it understands.
 * Deviates: nowhere.  Source: KIP-919.
 */
export const controllerRegistrationHandler = defineHandler({
  api: ControllerRegistrationApi,
  listeners: ['controller'],
  async handle({ services: { nodeController } }, { controllerId: id, incarnationId, listeners: endpoints, features }) {
    // As in Kafka, which has forgotten what the field zkMigrationReady was for.
    const registration = { id, incarnationId, zkMigrationReady: false, endpoints, features }
    const answer = await answerOf(nodeController.registerController(registration))
    const { errorCode } = answer.kind === 'refused' ? answer.error : answer.value
    return { throttleTimeMs: 0, ...(errorCode === ErrorCode.NONE ? { errorCode, errorMessage: '' } : plainFailure(errorCode)) }
  },
})

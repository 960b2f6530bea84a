import { ErrorCode } from '../../../protocol/error-codes.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { ControllerRegistration } from '../../metadata/image.ts'
import { controllerRecord } from '../../metadata/image-records.ts'
import type { ControllerError } from '../controller.ts'
import { failure, NO_ERROR } from '../controller-error.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { unknownProtocol } from './unknown-protocol.ts'

/** Writes down where a controller listens and what it understands. Source: ClusterControlManager.registerController; KIP-919. */
export function registerController({ image }: ControllerState, registration: ControllerRegistration): Decision<ControllerError> {
  const refuse = (errorCode: ErrorCode, message: string) => ({ records: [], reply: failure(errorCode, message) })
  if (!recordLevels(image.features.metadataVersion).controllerRegistration) {
    return refuse(ErrorCode.UNSUPPORTED_VERSION, 'The current MetadataVersion is too old to support controller registrations.')
  }
  const message = registration.id < 0 ? `The controller id ${registration.id} is negative` : unknownProtocol(registration.endpoints)
  return message === null ? { records: [controllerRecord(registration)], reply: NO_ERROR } : refuse(ErrorCode.INVALID_REQUEST, message)
}

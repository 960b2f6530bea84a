import { ErrorCode } from '../../../protocol/error-codes.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { ControllerRegistration } from '../../metadata/image.ts'
import { controllerRecord } from '../../metadata/image-records.ts'
import type { ControllerError } from '../controller.ts'
import { failure, NO_ERROR } from '../controller-error.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'

/** Writes down where a controller listens and what it understands. Source: ClusterControlManager.registerController; KIP-919. */
export function registerController({ image }: ControllerState, registration: ControllerRegistration): Decision<ControllerError> {
  if (recordLevels(image.features.metadataVersion).controllerRegistration) return { records: [controllerRecord(registration)], reply: NO_ERROR }
  const message = 'The current MetadataVersion is too old to support controller registrations.'
  return { records: [], reply: failure(ErrorCode.UNSUPPORTED_VERSION, message) }
}

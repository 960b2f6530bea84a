import { ErrorCode } from '../../../protocol/error-codes.ts'
import { NotControllerError } from '../../controller/not-controller-error.ts'

/** A response with NOT_CONTROLLER in any place is none: whoever is the active controller has yet to be asked. Source: NodeToControllerRequestThread. */
export function checkController<Response extends object>(response: Response): Response {
  if (saysNotController(response)) throw new NotControllerError('the node that was asked is not the active controller')
  return response
}

/** @param value a response, or what stands in one */
function saysNotController(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  if (Array.isArray(value)) return typeof value[0] === 'object' && value.some(saysNotController)
  return Object.entries(value).some(([name, inner]) => (name === 'errorCode' ? inner === ErrorCode.NOT_CONTROLLER : saysNotController(inner)))
}

import { ErrorCode } from '../../../protocol/error-codes.ts'
import { saysError } from '../../../protocol/says-error.ts'
import { NotControllerError } from '../../controller/not-controller-error.ts'

/** A response with NOT_CONTROLLER in any place is none: whoever is the active controller has yet to be asked. Source: NodeToControllerRequestThread. */
export function checkController<Response extends object | null>(response: Response): Response {
  if (saysError(response, ErrorCode.NOT_CONTROLLER)) throw new NotControllerError('the node that was asked is not the active controller')
  return response
}

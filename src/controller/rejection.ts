import { ErrorCode } from '../../protocol/error-codes.ts'
import { OdradekError } from '../base/errors.ts'
import type { ControllerError } from './controller.ts'
import { failure } from './controller-error.ts'
import { NotControllerError } from './not-controller-error.ts'

/** What a client is told when the controller could not answer; anything else than that is our own mistake and thrown on. */
export function errorOfRejection(error: unknown): ControllerError {
  if (error instanceof NotControllerError) return failure(ErrorCode.NOT_CONTROLLER, error.message)
  if (error instanceof OdradekError && error.code === 'CONTROLLER_BUSY') return failure(ErrorCode.REQUEST_TIMED_OUT, error.message)
  throw error
}

/** The controller's answer, or an answer for each of `items` that says why there is none. */
export async function answerOr<Item, Answer>(
  answer: Promise<readonly Answer[]>,
  items: readonly Item[],
  refuse: (item: Item, error: ControllerError) => Answer,
): Promise<readonly Answer[]> {
  try {
    return await answer
  } catch (error) {
    const refusal = errorOfRejection(error)
    return items.map((item) => refuse(item, refusal))
  }
}

import { ErrorCode } from '../../protocol/error-codes.ts'
import { OdradekError } from '../base/errors.ts'
import type { ControllerError, ControllerRequestContext } from './controller.ts'
import { failure } from './controller-error.ts'
import { NotControllerError } from './not-controller-error.ts'

const TIMED_OUT = 'CONTROLLER_TIMEOUT'

/** The request's time is over before it was decided: the client is told REQUEST_TIMED_OUT. */
export function timedOut(why: string): OdradekError {
  return new OdradekError(TIMED_OUT, why)
}

/** Whether a request was not decided for want of time; asked again, it may be. */
export function isTimedOut(error: unknown): boolean {
  return error instanceof OdradekError && error.code === TIMED_OUT
}

/** Throws when the client gave the request no time at all: Kafka never decides it. */
export function checkDeadline({ timeoutMs }: ControllerRequestContext): void {
  if (timeoutMs !== undefined && timeoutMs <= 0) throw timedOut(`the request may take ${timeoutMs} ms`)
}

export type Answered<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'refused'; readonly error: ControllerError }

/** What the controller answers, or why it cannot; anything else than that is our own mistake and thrown on. */
export async function answerOf<T>(answer: Promise<T>): Promise<Answered<T>> {
  try {
    return { kind: 'answered', value: await answer }
  } catch (error) {
    return { kind: 'refused', error: errorOfRejection(error) }
  }
}

function errorOfRejection(error: unknown): ControllerError {
  if (error instanceof NotControllerError) return failure(ErrorCode.NOT_CONTROLLER, null)
  if (isTimedOut(error)) return failure(ErrorCode.REQUEST_TIMED_OUT, null)
  throw error
}

import { OdradekError } from '../../base/errors.ts'

/** A request that is not served, with the sentence that says why. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** Of the error that it stands for; null: of none. */
  readonly code: string | null
  /** The methods that are served in place of the one that was asked for. */
  readonly allow: string | undefined

  constructor(status: number, message: string, { code = null, allow }: { readonly code?: string | null; readonly allow?: string } = {}) {
    super(message)
    this.status = status
    this.code = code
    this.allow = allow
  }
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  FAULT_INVALID: 400,
  WAIT_INVALID: 400,
  ADVANCE_INVALID: 400,
  CLOCK_NOT_MANUAL: 409,
  TOO_MANY_FAULTS: 429,
  TOO_MANY_WAITS: 429,
  RESET_FAILED: 500,
  CONTROLLER_TIMEOUT: 503,
  CONTROLLER_CLOSED: 503,
  NODE_STOPPED: 503,
  WAIT_ENDED: 503,
  WAIT_ABORTED: 503,
  WAIT_TIMED_OUT: 504,
}

/** null for an error that is not the caller's: a mistake of this node. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error
  if (!(error instanceof OdradekError)) return null
  const status = STATUS_BY_CODE[error.code]
  return status === undefined ? null : new Refusal(status, error.message, { code: error.code })
}

/** Errors: `Refusal` 400 for what is no object, or has a field that is not `known`. */
export function readFields(body: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Refusal(400, 'The body is a JSON object.')
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Refusal(400, `There is no field ${unknown} here, but ${known.join(', ')}.`)
  return body as Readonly<Record<string, unknown>>
}

/** Errors: `Refusal` 400 for anything but an empty object. */
export function readNothing(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || Object.keys(body).length > 0) {
    throw new Refusal(400, 'Nothing is asked for here: the body is empty, or {}.')
  }
}

import type { ErrorCode } from './error-codes.ts'

/** Whether a response says `errorCode` in any of its places. `response` is one, or what stands in one. */
export function saysError(response: unknown, errorCode: ErrorCode): boolean {
  if (typeof response !== 'object' || response === null || ArrayBuffer.isView(response)) return false
  if (Array.isArray(response)) return typeof response[0] === 'object' && response.some((element) => saysError(element, errorCode))
  return Object.entries(response).some(([name, value]) => (name === 'errorCode' ? value === errorCode : saysError(value, errorCode)))
}

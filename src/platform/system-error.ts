/** As Node throws it for a call of the system that failed with `code`. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

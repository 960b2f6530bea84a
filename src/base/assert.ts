/** A broken invariant of our own: never something that a request, a peer's record or a file can reach. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Stays on in production: a node that no longer knows its own state must stop rather than guess. `why` names the rule. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new InvariantError(why)
}

/** For the end of a `switch` over a union that lists every case. */
export function unreachable(value: never): never {
  throw new InvariantError(`a case that the types rule out: ${JSON.stringify(value)}`)
}

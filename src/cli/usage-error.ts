/** The command line says something that is not understood: exit code 2 and one sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

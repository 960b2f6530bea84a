/** What the user asked for cannot be: the sentence goes to standard error as it is. Java's tools throw IllegalArgumentException there. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** The command line has options that are not understood. The message is what Kafka's tools print for it. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}

/** The options do not go together, or one is missing: the message goes to standard error with the usage behind it. */
export class UsageExit extends Error {
  override readonly name = 'UsageExit'
}

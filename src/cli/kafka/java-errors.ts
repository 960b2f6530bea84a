import { KafkaError } from '../operations/kafka-error.ts'

/** Runs `work`, whose failures Java's tools get from a future: the message begins with the name of what was thrown. */
export function asFuture<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof KafkaError ? new WrappedError(described(error), error) : error
  })
}

/** As `asFuture`, where the tools wrap what they got from the future once more. */
export function asWrappedFuture<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof KafkaError ? new WrappedError(`java.util.concurrent.ExecutionException: ${described(error)}`, error) : error
  })
}

/** A failure under the message that Java's tools print for it. */
export class WrappedError extends Error {
  override readonly name = 'WrappedError'

  constructor(message: string, cause: unknown) {
    super(message, { cause })
  }
}

/** As Java writes an exception in one line. */
export function described(error: KafkaError): string {
  return `${error.javaName}: ${error.message}`
}

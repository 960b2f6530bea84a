import { OdradekError } from '../base/errors.ts'

/** Values that are right one by one and cannot stand together. The message is Kafka's. */
export function refuse(message: string): never {
  throw new OdradekError('CONFIG_INVALID', message)
}

/** As Scala's `require`, whose prefix is part of what Kafka prints. */
export function demand(condition: boolean, message: () => string): void {
  if (!condition) refuse(`requirement failed: ${message()}`)
}

import { OdradekError } from '../../base/errors.ts'

/**
 * Values that are right one by one and cannot stand together. The message is Kafka's.
 * @param name of the setting that it is about, where the message does not say it
 */
export function refuse(message: string, name?: string): never {
  throw new OdradekError('CONFIG_INVALID', message, name === undefined ? {} : { fields: { name } })
}

/** As Scala's `require`, whose prefix is part of what Kafka prints. */
export function demand(condition: boolean, message: () => string, name?: string): void {
  if (!condition) refuse(`requirement failed: ${message()}`, name)
}

/** What IncrementalAlterConfigs does to one setting (KIP-339); append and subtract are for lists. */
export type ConfigOperation = 'set' | 'delete' | 'append' | 'subtract'

/** Of one setting of a resource. */
export interface ConfigChange {
  readonly name: string
  readonly operation: ConfigOperation
  /** null where the operation is `delete`, whatever was sent. */
  readonly value: string | null
}

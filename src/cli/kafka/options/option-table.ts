/** One option of a program that has the name of one of Kafka's. */
export interface OptionSpec {
  /** What stands for the value in the usage; none for an option that is there or not. */
  readonly value?: string
  /** The value may be left out. */
  readonly valueIsOptional?: true
  /** What the value must be; any text where not given. */
  readonly type?: 'int' | 'long'
  /** Stands between several values in one. */
  readonly separator?: string
  /** The value where the option is not there. */
  readonly default?: string
  /** Understood only beside one of these. */
  readonly availableIf?: readonly string[]
  readonly does: string
}

/** The options of a program, by name. */
export type OptionTable = Readonly<Record<string, OptionSpec>>

/** What every program understands. */
export const defaultOptions: OptionTable = {
  help: { does: 'Print this.' },
  version: { does: 'Print the version of Kafka that this program is like.' },
}

/** What every program that asks a cluster understands. */
export const bootstrapOption: OptionTable = {
  'bootstrap-server': { value: 'HOST:PORT,…', does: 'Brokers of the cluster: one that answers is enough.' },
}

export const commandConfigOption: OptionTable = {
  'command-config': { value: 'FILE', does: 'Properties of the client, such as client.id or request.timeout.ms.' },
}

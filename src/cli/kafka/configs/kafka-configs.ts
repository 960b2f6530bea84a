import { KafkaError } from '../../operations/kafka-error.ts'
import { described } from '../java-errors.ts'
import type { KafkaProgram } from '../kafka-program.ts'
import { UserError } from '../user-error.ts'
import { checkedEntities, configOptions, type Entities } from './config-options.ts'

/** kafka-configs. Source: kafka.admin.ConfigCommand of 4.3.1. */
export const kafkaConfigs: KafkaProgram = {
  name: 'kafka-configs',
  summary: 'Prints and changes settings of topics, brokers, loggers, groups and client metrics.',
  options: configOptions,
  examples: [
    '--bootstrap-server localhost:9092 --describe --topic orders --all',
    '--bootstrap-server localhost:9092 --alter --topic orders --add-config retention.ms=86400000',
    '--bootstrap-server localhost:9092 --alter --broker-logger 1 --add-config replication=DEBUG',
  ],
  async run(options, output) {
    const entities = checkedEntities(options)
    refuseClients(entities)
    if (options.has('alter') && entities.types.length !== entities.names.length) throw new UserError('An entity name must be specified for every entity type')
    const { adminClient } = await import('../admin-client.ts')
    await using client = adminClient(options)
    if (options.has('alter')) await (await import('./alter-configs.ts')).alterConfigs(client, entities, options, output)
    else await (await import('./describe-configs.ts')).describeEntities(client, entities, options, output)
    return 0
  },
  failed(error, output, args) {
    if (error instanceof KafkaError)
      output.err(`Error while executing config command with args '${args.join(' ')}'\njava.util.concurrent.ExecutionException: ${described(error)}\n`)
    else output.err(`${error.message}\n`)
  },
}

/** Quotas of clients and credentials of users: the broker serves neither yet. */
function refuseClients({ types }: Entities): void {
  const refused = types.find((type) => type === 'clients' || type === 'users' || type === 'ips')
  if (refused === undefined) return
  throw new UserError(
    `Settings of ${refused} (quotas and SCRAM credentials) are not changed or shown by this program yet; those of Apache Kafka can be by its own.`,
  )
}

import type { ExitCode, Output } from '../../command.ts'
import type { KafkaProgram } from '../kafka-program.ts'
import { OptionError } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'
import { usageOf } from '../options/usage.ts'
import { UserError } from '../user-error.ts'
import { type TopicAction, topicAction, topicOptions } from './topic-options.ts'

/** kafka-topics. Source: org.apache.kafka.tools.TopicCommand of 4.3.1. */
export const kafkaTopics: KafkaProgram = {
  name: 'kafka-topics',
  summary: 'Lists, makes, describes, grows and deletes topics.',
  options: topicOptions,
  examples: [
    '--bootstrap-server localhost:9092 --list',
    '--bootstrap-server localhost:9092 --create --topic orders --partitions 6 --replication-factor 3',
    '--bootstrap-server localhost:9092 --describe --topic orders',
  ],
  async run(options, output) {
    const action = topicAction(options)
    if (options.has('delete-config'))
      output.err('delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.\n')
    await performed(action, options, output)
    return 0 satisfies ExitCode
  },
  failed(error, output) {
    if (error instanceof OptionError) output.err(`${error.message}\n${usageOf(this)}`)
    else if (error instanceof UserError) output.err(`${error.message}\n`)
    else output.out(`Error while executing topic command : ${error.message}\n`)
  },
}

/** What is found to be wrong only now is said as a failure of the command, not of the command line. */
async function performed(action: TopicAction, options: Options, output: Output): Promise<void> {
  try {
    await perform(action, options, output)
  } catch (error) {
    throw error instanceof OptionError || error instanceof UserError ? new Error(error.message, { cause: error }) : error
  }
}

async function perform(action: TopicAction, options: Options, output: Output): Promise<void> {
  const { adminClient } = await import('../admin-client.ts')
  await using client = adminClient(options)
  switch (action) {
    case 'list':
      return await (await import('./list-topics.ts')).printTopics(client, options, output)
    case 'describe':
      return await (await import('./describe-topics.ts')).describe(client, options, output)
    case 'create':
      return await (await import('./change-topics.ts')).create(client, options, output)
    case 'alter':
      return await (await import('./change-topics.ts')).alter(client, options)
    case 'delete':
      return await (await import('./change-topics.ts')).remove(client, options)
  }
}

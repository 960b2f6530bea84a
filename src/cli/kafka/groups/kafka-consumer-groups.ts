import type { Output } from '../../command.ts'
import type { KafkaProgram } from '../kafka-program.ts'
import { OptionError, UsageExit } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'
import { usageOf } from '../options/usage.ts'
import { type GroupAction, groupAction, groupOptions } from './group-options.ts'
import { printError } from './print-error.ts'

const DRY_RUN =
  'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.'

/** kafka-consumer-groups. Source: org.apache.kafka.tools.consumer.group.ConsumerGroupCommand of 4.3.1. */
export const kafkaConsumerGroups: KafkaProgram = {
  name: 'kafka-consumer-groups',
  summary: 'Lists and describes consumer groups, deletes them, and chooses where they go on.',
  options: groupOptions,
  examples: [
    '--bootstrap-server localhost:9092 --list',
    '--bootstrap-server localhost:9092 --describe --group billing',
    '--bootstrap-server localhost:9092 --reset-offsets --group billing --topic orders --to-earliest --execute',
  ],
  async run(options, output) {
    const action = groupAction(options)
    if (action === 'reset-offsets' && !options.has('dry-run') && !options.has('execute')) output.err(`${DRY_RUN}\n`)
    if (action === 'validate-regex') {
      const { validateRegex } = await import('./validate-regex.ts')
      output.out(validateRegex(options.value('validate-regex') ?? ''))
      return 0
    }
    try {
      await perform(action, options, output)
    } catch (error) {
      if (error instanceof OptionError || error instanceof UsageExit || !(error instanceof Error)) throw error
      // Kafka's tool says so and ends as if all were well.
      printError(output, `Executing consumer group command failed due to ${error.message}`, error)
    }
    return 0
  },
  failed(error, output) {
    output.err(error instanceof OptionError ? `${error.message}\n${usageOf(this)}` : `${error.message}\n`)
  },
}

async function perform(action: Exclude<GroupAction, 'validate-regex'>, options: Options, output: Output): Promise<void> {
  const { adminClient } = await import('../admin-client.ts')
  await using client = adminClient(options, { apiTimeoutMs: options.number('timeout') ?? 0 })
  switch (action) {
    case 'list':
      return await (await import('./list-groups.ts')).printGroups(client, options, output)
    case 'describe':
      return await (await import('./describe-groups.ts')).describeGroups(client, options, output)
    case 'delete':
      return await (await import('./delete-groups.ts')).removeGroups(client, options, output)
    case 'reset-offsets':
      return await (await import('./reset-offsets.ts')).resetOffsets(client, options, output)
    case 'delete-offsets':
      return await (await import('./delete-offsets.ts')).removeOffsets(client, options, output)
  }
}

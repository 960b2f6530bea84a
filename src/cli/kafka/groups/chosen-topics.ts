import { TopicArgumentError, type TopicChoice, topicChoice } from '../../operations/topics/topic-arguments.ts'
import { UsageExit } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'

/** What `--topic` names. Errors: `UsageExit`. */
export function chosenTopics(options: Options): TopicChoice {
  try {
    return topicChoice(options.values('topic'))
  } catch (error) {
    throw error instanceof TopicArgumentError ? new UsageExit(error.message) : error
  }
}

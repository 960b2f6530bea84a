import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { OdradekError } from '../../base/errors.ts'
import type { TopicSpec } from '../../config/sources/topic-specs.ts'
import type { Controller, CreatedTopic, TopicToCreate } from '../../controller/controller.ts'
import type { MetadataService } from '../../metadata/metadata-service.ts'
import type { Logger } from '../../telemetry/logger.ts'

export interface StartTopicsOptions {
  readonly topics: readonly TopicSpec[]
  readonly controller: Pick<Controller, 'createTopics'>
  readonly metadata: Pick<MetadataService, 'image'>
  /** As whom they are made. */
  readonly principal: string
  readonly logger: Logger
  /** Resolves when the brokers are there that are to lead and follow. */
  readonly untilServing: () => Promise<void>
}

/**
 * Makes the topics that a node is to have from its start; they are served when this resolves. Topics that exist are left alone.
 * Errors: TOPICS_REFUSED that names each topic that cannot be, with the reason; then none is made.
 */
export async function makeStartTopics(options: StartTopicsOptions): Promise<void> {
  const { topics, metadata, logger } = options
  const existing = metadata.image().topics.byName
  for (const spec of topics) sayWhatDiffers(spec, existing.get(spec.name)?.partitions.length, logger)
  const missing = topics.filter(({ name }) => !existing.has(name))
  if (missing.length === 0) return
  await options.untilServing()
  await create(options, missing, { validateOnly: true })
  const made = await create(options, missing, { validateOnly: false })
  logger.info('topics are made', { topics: made.map(({ name, partitionCount }) => `${name}:${partitionCount}`) })
}

function sayWhatDiffers({ name, partitionCount, origin }: TopicSpec, existingCount: number | undefined, logger: Logger): void {
  if (existingCount === undefined || partitionCount < 0 || partitionCount === existingCount) return
  logger.warn('a topic exists with another number of partitions and is left as it is', {
    topic: name,
    partitions: existingCount,
    asked: partitionCount,
    origin,
  })
}

async function create(
  { controller, principal }: StartTopicsOptions,
  topics: readonly TopicSpec[],
  { validateOnly }: { readonly validateOnly: boolean },
): Promise<readonly CreatedTopic[]> {
  const allowed = topics.filter(({ name }) => name !== METADATA_TOPIC)
  const answers = await controller.createTopics({ principal }, { topics: allowed.map(topicToCreate), validateOnly })
  const refused = topics.flatMap(
    (spec) =>
      refusalOf(
        spec,
        answers.find(({ name }) => name === spec.name),
      ) ?? [],
  )
  if (refused.length > 0) throw new OdradekError('TOPICS_REFUSED', refused.join('\n'), { fields: { topics: topics.map(({ name }) => name) } })
  return answers
}

function topicToCreate({ name, partitionCount, replicationFactor, configs }: TopicSpec): TopicToCreate {
  return { name, partitionCount, replicationFactor, assignments: [], configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })) }
}

function refusalOf({ name, origin }: TopicSpec, answer: CreatedTopic | undefined): string | null {
  if (answer?.errorCode === ErrorCode.NONE) return null
  const why = answer === undefined ? 'the name is that of the metadata log' : (answer.errorMessage ?? errorName(answer.errorCode))
  return `${origin}: topic ${name} cannot be made: ${why}`
}

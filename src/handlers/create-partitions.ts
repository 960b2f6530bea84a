import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreatePartitionsApi } from '../../protocol/messages/create-partitions.ts'
import { answerOf } from '../controller/rejection.ts'
import { namesThatRepeat } from './create-topics.ts'
import { defineHandler } from './define-handler.ts'

/**
 * CreatePartitions (key 37), versions 0-3. Adds partitions to topics; the answer leaves when they are served.
 * Deviates: Kafka answers when the records are committed, before the leaders serve.
 * Source: KIP-195, KIP-599.
 */
export const createPartitionsHandler = defineHandler({
  api: CreatePartitionsApi,
  listeners: ['broker', 'controller'],
  async handle({ principal, services: { controller } }, { topics, validateOnly, timeoutMs }) {
    const duplicates = namesThatRepeat(topics.map((topic) => topic.name))
    const wanted = topics
      .filter((topic) => !duplicates.has(topic.name))
      .map(({ name, count, assignments }) => ({
        topic: name,
        totalCount: count,
        assignments: assignments === null ? null : assignments.map((assignment) => assignment.brokerIds),
      }))
    const refusals = [...duplicates].map((name) => ({ name, errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' }))
    if (wanted.length === 0) return { throttleTimeMs: 0, results: refusals }
    const answer = await answerOf(controller.createPartitions({ principal, timeoutMs }, wanted, { validateOnly }))
    if (answer.kind === 'refused') return { throttleTimeMs: 0, results: topics.map(({ name }) => ({ name, ...answer.error })) }
    const results = answer.value.map(({ topic, errorCode, errorMessage }) => ({ name: topic, errorCode, errorMessage }))
    return { throttleTimeMs: 0, results: [...refusals, ...results] }
  },
})

import type { Consumer } from 'kafkajs'
import { kafka } from '../kafkajs/support.ts'
import { type ToolSuite, unique } from './tool-suite.ts'

/** A topic whose partition of number 0, when it has only that, holds the records 0, 1, 2, … */
export async function topicWith(suite: ToolSuite, count: number, partitions = 1): Promise<string> {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic} --partitions ${partitions}`)
  const stdin = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
  if (count > 0) await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin })
  return topic
}

/** A group without members that has read `count` records of a topic of one partition. */
export async function groupThatRead(suite: ToolSuite, topic: string, count: number, group = unique('group')): Promise<string> {
  await suite.output('kafka-console-consumer', `--topic ${topic} --group ${group} --from-beginning --max-messages ${count}`)
  return group
}

/** A member that stays, by kafkajs; resolves when it has its partitions. The one who starts it disconnects it. */
export async function startMember(suite: ToolSuite, group: string, topic: string, clientId: string): Promise<Consumer> {
  const consumer = kafka(suite.broker.bootstrap, { clientId }).consumer({ groupId: group, heartbeatInterval: 200, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({ eachMessage: async () => {} })
  await joined
  return consumer
}

import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { NodeConfig } from '../../../../src/config/node-config.ts'
import type { CreateTopicsCommand } from '../../../../src/controller/controller.ts'
import { TopicCreator } from '../../../../src/controller/topics/auto-topic-creation.ts'
import { broker } from '../../metadata/records.ts'
import { cluster } from '../cluster.ts'
import { LocalController } from '../local-controller.ts'

function nodeConfig(settings: Readonly<Record<string, string>> = {}): NodeConfig {
  const given = { 'process.roles': 'broker,controller', 'node.id': '1', 'controller.listener.names': 'CONTROLLER', ...settings }
  return new NodeConfig(new Map(Object.entries(given).map(([name, text]) => [name, { text, origin: 'test' }])))
}

function creator(settings: Readonly<Record<string, string>> = {}) {
  const controller = new LocalController(cluster(broker(1)))
  const asked: CreateTopicsCommand[] = []
  const observed = {
    ...controllerMethods(controller),
    createTopics(context: { readonly principal: string }, command: CreateTopicsCommand) {
      asked.push(command)
      return controller.createTopics(context, command)
    },
  }
  return {
    asked,
    controller,
    creator: new TopicCreator({ config: nodeConfig(settings), controller: observed, metadata: controller, nodePrincipal: 'User:node' }),
  }
}

function controllerMethods(controller: LocalController) {
  return {
    deleteTopics: controller.deleteTopics.bind(controller),
    createPartitions: controller.createPartitions.bind(controller),
    alterConfigs: controller.alterConfigs.bind(controller),
    allocateProducerIds: controller.allocateProducerIds.bind(controller),
  }
}

describe('topics that nobody made', () => {
  it('are made once for all that ask at the same time', async () => {
    const { asked, creator: topics } = creator()
    const answers = await Promise.all([topics.createTopics(['foo'], { principal: 'User:a' }), topics.createTopics(['foo', 'bar'], { principal: 'User:b' })])
    expect(answers.flat().map((answer) => [answer.name, answer.errorCode])).toEqual([
      ['foo', 0],
      ['foo', 0],
      ['bar', 0],
    ])
    expect(asked.map((command) => command.topics[0]?.name)).toEqual(['foo', 'bar'])
  })

  it('leave partitions and replicas to the controller, unless this node was given them', async () => {
    const byDefault = creator()
    await byDefault.creator.createTopics(['foo'], { principal: 'User:a' })
    expect(byDefault.asked[0]?.topics[0]).toMatchObject({ partitionCount: -1, replicationFactor: -1 })
    const given = creator({ 'num.partitions': '3', 'default.replication.factor': '1' })
    await given.creator.createTopics(['foo'], { principal: 'User:a' })
    expect(given.asked[0]?.topics[0]).toMatchObject({ partitionCount: 3, replicationFactor: 1 })
  })

  it('with invalid names are refused without asking the controller', async () => {
    const { asked, creator: topics } = creator()
    expect(await topics.createTopics(['a b'], { principal: 'User:a' })).toMatchObject([{ errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION }])
    expect(asked).toEqual([])
  })

  it('are never named like the metadata log, whose directory such a topic would write into', async () => {
    const { asked, creator: topics } = creator()
    expect(await topics.createTopics(['__cluster_metadata'], { principal: 'User:a' })).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }])
    expect(asked).toEqual([])
  })
})

describe('topics of coordinators', () => {
  it('have the settings that their coordinator needs', async () => {
    const { asked, creator: topics } = creator({ 'offsets.topic.replication.factor': '1', 'offsets.topic.num.partitions': '5' })
    expect(await topics.ensureInternalTopic('__consumer_offsets')).toEqual({ errorCode: 0, errorMessage: null })
    expect(asked[0]?.topics[0]).toEqual({
      name: '__consumer_offsets',
      partitionCount: 5,
      replicationFactor: 1,
      assignments: [],
      configs: [
        { name: 'cleanup.policy', value: 'compact' },
        { name: 'compression.type', value: 'producer' },
        { name: 'segment.bytes', value: '104857600' },
      ],
    })
  })

  it('of transactions are never led by a replica that lacks records', async () => {
    const { asked, creator: topics } = creator({ 'transaction.state.log.replication.factor': '1' })
    await topics.ensureInternalTopic('__transaction_state')
    expect(asked[0]?.topics[0]).toMatchObject({ partitionCount: 50, replicationFactor: 1 })
    expect(asked[0]?.topics[0]?.configs).toContainEqual({ name: 'unclean.leader.election.enable', value: 'false' })
    expect(asked[0]?.topics[0]?.configs).toContainEqual({ name: 'min.insync.replicas', value: '2' })
  })

  it('that are there are left as they are', async () => {
    const { asked, creator: topics } = creator({ 'offsets.topic.replication.factor': '1' })
    await topics.ensureInternalTopic('__consumer_offsets')
    expect(await topics.ensureInternalTopic('__consumer_offsets')).toEqual({ errorCode: 0, errorMessage: null })
    expect(asked).toHaveLength(1)
  })

  it('have no more replicas than there are brokers, where a cluster may begin with one node', async () => {
    const { asked, creator: topics } = creator({ 'offsets.topic.replication.factor': '3', 'odradek.replication.factor.capped': 'true' })
    expect(await topics.ensureInternalTopic('__consumer_offsets')).toMatchObject({ errorCode: 0 })
    expect(asked[0]?.topics[0]).toMatchObject({ replicationFactor: 1 })
  })

  it('that cannot be made say why', async () => {
    const { creator: topics } = creator()
    expect(await topics.ensureInternalTopic('__consumer_offsets')).toMatchObject({ errorCode: ErrorCode.INVALID_REPLICATION_FACTOR })
  })
})

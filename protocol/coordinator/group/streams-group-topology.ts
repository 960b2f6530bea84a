import { array, int16, int32, message, string, struct, type Value } from '../../schema/notation.ts'

/** StreamsGroupTopologyKey and StreamsGroupTopologyValue (record type 23). Source: their specification in Apache Kafka 4.3.1. */
export const StreamsGroupTopologyKey = message({
  name: 'StreamsGroupTopologyKey',
  kind: 'coordinator-key',
  key: 23,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type StreamsGroupTopologyKey = Value<typeof StreamsGroupTopologyKey>

const TopicConfig = struct('TopicConfig', {
  key: string('0+'),
  value: string('0+'),
})

const TopicInfo = struct('TopicInfo', {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array(TopicConfig, '0+'),
})

const CopartitionGroup = struct('CopartitionGroup', {
  sourceTopics: array('int16', '0+'),
  sourceTopicRegex: array('int16', '0+'),
  repartitionSourceTopics: array('int16', '0+'),
})

const Subtopology = struct('Subtopology', {
  subtopologyId: string('0+'),
  sourceTopics: array('string', '0+'),
  sourceTopicRegex: array('string', '0+'),
  stateChangelogTopics: array(TopicInfo, '0+'),
  repartitionSinkTopics: array('string', '0+'),
  repartitionSourceTopics: array(TopicInfo, '0+'),
  copartitionGroups: array(CopartitionGroup, '0+'),
})

export const StreamsGroupTopologyValue = message({
  name: 'StreamsGroupTopologyValue',
  kind: 'coordinator-value',
  key: 23,
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32('0+'),
    subtopologies: array(Subtopology, '0+'),
  },
})
export type StreamsGroupTopologyValue = Value<typeof StreamsGroupTopologyValue>

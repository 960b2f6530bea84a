import { api, array, int16, int32, int64, message, object, records, string, struct, uuid, type Value } from '../schema/notation.ts'

const PartitionProduceData = struct('PartitionProduceData', {
  index: int32('0+'),
  records: records('0+', { nullable: '0+' }),
})

const TopicProduceData = struct('TopicProduceData', {
  name: string('0-12', { ignorable: true, mapKey: true }),
  topicId: uuid('13+', { ignorable: true, mapKey: true }),
  partitionData: array(PartitionProduceData, '0+'),
})

export const ProduceRequest = message({
  name: 'ProduceRequest',
  kind: 'request',
  key: 0,
  versions: '3-13',
  flexible: '9+',
  listeners: ['broker'],
  fields: {
    transactionalId: string('3+', { nullable: '3+', default: null }),
    acks: int16('0+'),
    timeoutMs: int32('0+'),
    topicData: array(TopicProduceData, '0+'),
  },
})
export type ProduceRequest = Value<typeof ProduceRequest>

const BatchIndexAndErrorMessage = struct('BatchIndexAndErrorMessage', {
  batchIndex: int32('8+'),
  batchIndexErrorMessage: string('8+', { nullable: '8+', default: null }),
})

const LeaderIdAndEpoch = struct('LeaderIdAndEpoch', {
  leaderId: int32('10+', { default: -1 }),
  leaderEpoch: int32('10+', { default: -1 }),
})

const PartitionProduceResponse = struct('PartitionProduceResponse', {
  index: int32('0+'),
  errorCode: int16('0+'),
  baseOffset: int64('0+'),
  logAppendTimeMs: int64('2+', { default: -1, ignorable: true }),
  logStartOffset: int64('5+', { default: -1, ignorable: true }),
  recordErrors: array(BatchIndexAndErrorMessage, '8+', { ignorable: true }),
  errorMessage: string('8+', { nullable: '8+', default: null, ignorable: true }),
  currentLeader: object(LeaderIdAndEpoch, '10+', { tag: 0, tagged: '10+' }),
})

const TopicProduceResponse = struct('TopicProduceResponse', {
  name: string('0-12', { ignorable: true, mapKey: true }),
  topicId: uuid('13+', { ignorable: true, mapKey: true }),
  partitionResponses: array(PartitionProduceResponse, '0+'),
})

const NodeEndpoint = struct('NodeEndpoint', {
  nodeId: int32('10+', { mapKey: true }),
  host: string('10+'),
  port: int32('10+'),
  rack: string('10+', { nullable: '10+', default: null }),
})

export const ProduceResponse = message({
  name: 'ProduceResponse',
  kind: 'response',
  key: 0,
  versions: '3-13',
  flexible: '9+',
  fields: {
    responses: array(TopicProduceResponse, '0+'),
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    nodeEndpoints: array(NodeEndpoint, '10+', { tag: 0, tagged: '10+' }),
  },
})
export type ProduceResponse = Value<typeof ProduceResponse>

/** API key 0. Source: the specifications of ProduceRequest and ProduceResponse in Apache Kafka 4.3.1. */
export const ProduceApi = api('Produce', ProduceRequest, ProduceResponse)

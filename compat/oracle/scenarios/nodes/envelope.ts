import { AlterPartitionReassignmentsApi } from '../../../../protocol/messages/alter-partition-reassignments.ts'
import { BrokerHeartbeatApi } from '../../../../protocol/messages/broker-heartbeat.ts'
import { CreateAclsApi } from '../../../../protocol/messages/create-acls.ts'
import { CreatePartitionsApi } from '../../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../../protocol/messages/delete-topics.ts'
import { DescribeQuorumApi } from '../../../../protocol/messages/describe-quorum.ts'
import { ElectLeadersApi } from '../../../../protocol/messages/elect-leaders.ts'
import { EnvelopeApi, type EnvelopeRequest, type EnvelopeResponse } from '../../../../protocol/messages/envelope.ts'
import { IncrementalAlterConfigsApi } from '../../../../protocol/messages/incremental-alter-configs.ts'
import { ListPartitionReassignmentsApi } from '../../../../protocol/messages/list-partition-reassignments.ts'
import { UnregisterBrokerApi } from '../../../../protocol/messages/unregister-broker.ts'
import { UpdateFeaturesApi } from '../../../../protocol/messages/update-features.ts'
import type { Api, Fields, Input, Message } from '../../../../protocol/schema/notation.ts'
import { envelopeOf } from '../../../../src/broker/client-request.ts'
import { correlationIdOf, decodeResponse } from '../../../../src/client/wire.ts'
import type { RawClient } from '../../raw-client.ts'
import { type Scenario, type Stage, versions } from '../../scenario.ts'

type Envelope = Pick<EnvelopeRequest, 'requestData' | 'requestPrincipal' | 'clientHostAddress'>

const CORRELATION_ID = 1234
const TIMEOUT_MS = 10_000
const [TOPIC, BROKER] = [2, 4] as const
const ABSENT_BROKER = 4711

/** A request as a broker passes it on, sent to the controller. `apiVersion` is that of the request in it. */
function enclosed<Q extends Fields, A extends Fields>(
  controller: RawClient,
  api: Api<Q, A>,
  apiVersion: number,
  request: Input<Message<Q>>,
  change: Partial<Envelope> = {},
): Promise<unknown> {
  const client = { api, apiVersion, correlationId: CORRELATION_ID, clientId: 'admin', principal: 'User:alice', clientAddress: '10.1.2.3' }
  return exchange(controller, { ...envelopeOf({ ...client, request: request as Record<string, unknown> }), ...change }, api, apiVersion)
}

/** The answer with what is in it, as a client of the broker would read that. */
async function exchange<Q extends Fields, A extends Fields>(controller: RawClient, envelope: Envelope, api: Api<Q, A>, apiVersion: number): Promise<unknown> {
  const outcome = await controller.exchange(EnvelopeApi, 0, envelope)
  if (outcome.kind !== 'answer') return outcome
  const { errorCode, responseData } = outcome.value as EnvelopeResponse
  if (responseData === null) return { errorCode, response: null }
  const frame = Buffer.from(responseData)
  return { errorCode, isOurs: correlationIdOf(frame) === CORRELATION_ID, response: decodeResponse(api, frame, apiVersion) }
}

function scenario(name: string, run: (controller: RawClient, stage: Stage) => Promise<unknown>): Scenario {
  return { name, versions: [0], run: async (stage) => run(await stage.openController(), stage) }
}

const one = (name: string) => ({ name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] })

export const envelopeScenarios: readonly Scenario[] = [
  scenario('Envelope: topics are made, changed and deleted', async (controller, stage) => {
    const outcomes: unknown[] = []
    for (const version of versions(2, 7)) {
      const name = stage.name(`t${version}`)
      const topics = [one(name), one('no/name')]
      outcomes.push(await enclosed(controller, CreateTopicsApi, version, { topics, timeoutMs: TIMEOUT_MS, validateOnly: false }))
    }
    const name = stage.name('t7')
    const more = { topics: [{ name, count: 2, assignments: null }], timeoutMs: TIMEOUT_MS, validateOnly: false }
    outcomes.push(await enclosed(controller, CreatePartitionsApi, 3, more))
    outcomes.push(await enclosed(controller, DeleteTopicsApi, 5, { topicNames: [name], timeoutMs: TIMEOUT_MS }))
    outcomes.push(await enclosed(controller, DeleteTopicsApi, 5, { topicNames: [stage.name('absent')], timeoutMs: TIMEOUT_MS }))
    return outcomes
  }),
  scenario('Envelope: what else brokers pass on', async (controller) => {
    const change = (resourceType: number, resourceName: string, name: string, value: string) => ({
      resources: [{ resourceType, resourceName, configs: [{ name, configOperation: 0, value }] }],
      validateOnly: false,
    })
    const acl = { resourceType: 2, resourceName: 'x', resourcePatternType: 3, principal: 'User:a', host: '*', operation: 3, permissionType: 3 }
    const partitions = [{ partitionIndex: 0, replicas: [1] }]
    return [
      await enclosed(controller, IncrementalAlterConfigsApi, 1, change(TOPIC, 'absent', 'retention.ms', '1000')),
      await enclosed(controller, IncrementalAlterConfigsApi, 1, change(BROKER, String(ABSENT_BROKER), 'log.cleaner.threads', '2')),
      await enclosed(controller, ElectLeadersApi, 2, { electionType: 0, topicPartitions: [{ topic: 'absent', partitions: [0] }], timeoutMs: TIMEOUT_MS }),
      await enclosed(controller, AlterPartitionReassignmentsApi, 0, { timeoutMs: TIMEOUT_MS, topics: [{ name: 'absent', partitions }] }),
      await enclosed(controller, ListPartitionReassignmentsApi, 0, { timeoutMs: TIMEOUT_MS, topics: null }),
      await enclosed(controller, UnregisterBrokerApi, 0, { brokerId: ABSENT_BROKER }),
      await enclosed(controller, UpdateFeaturesApi, 1, {
        timeoutMs: TIMEOUT_MS,
        featureUpdates: [{ feature: 'none', maxVersionLevel: 1, upgradeType: 1 }],
        validateOnly: true,
      }),
      await enclosed(controller, CreateAclsApi, 3, { creations: [acl] }),
      await enclosed(controller, DescribeQuorumApi, 2, { topics: [{ topicName: 'other', partitions: [{ partitionIndex: 0 }] }] }),
    ]
  }),
  scenario('Envelope: what is refused', async (_controller, stage) => {
    const request = { topics: [], timeoutMs: TIMEOUT_MS, validateOnly: true }
    const heartbeat = { brokerId: ABSENT_BROKER, brokerEpoch: 1, currentMetadataOffset: 0, wantFence: false, wantShutDown: false }
    // A controller of Apache Kafka closes some of these: each has a connection of its own.
    const refused = async (change: Partial<Envelope>) => enclosed(await stage.openController(), CreateTopicsApi, 7, request, change)
    return [
      await enclosed(await stage.openController(), BrokerHeartbeatApi, 0, heartbeat),
      await refused({ requestPrincipal: Buffer.from('000009', 'hex') }),
      await refused({ requestPrincipal: Buffer.from('0001', 'hex') }),
      await refused({ clientHostAddress: Buffer.alloc(3) }),
      await refused({ clientHostAddress: Buffer.from('00000000000000000000000000000001', 'hex') }),
      await refused({ requestData: header(CreateTopicsApi.key, 99) }),
      await refused({ requestData: header(CreateTopicsApi.key, 7) }),
      await refused({ requestData: header(4711, 0) }),
      await refused({ requestData: Buffer.alloc(3) }),
    ]
  }),
]

function header(apiKey: number, apiVersion: number): Buffer {
  const bytes = Buffer.alloc(11)
  bytes.writeInt16BE(apiKey, 0)
  bytes.writeInt16BE(apiVersion, 2)
  bytes.writeInt16BE(-1, 8)
  return bytes
}

import { MetadataApi, type MetadataResponse } from '../../../protocol/messages/metadata.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Endpoint } from '../../base/ports.ts'
import type { BrokerConnectionOptions } from '../../client/broker-connection.ts'
import { KafkaClient } from '../../client/kafka-client.ts'

/** Brokers turned to at a time: clusters may have thousands, and whatever answers may tell of any number. */
export const VISITS_AT_ONCE = 50

/** What came of turning to one address. */
export type Visit =
  | {
      readonly kind: 'answers'
      /** The address to which its name led. */
      readonly remoteHost: string
      readonly apiCount: number
      /** The cluster's level of `metadata.version`; null where it is not told. */
      readonly metadataVersion: number | null
      readonly clusterId: string | null
      readonly brokers: readonly ToldBroker[]
    }
  | { readonly kind: 'fails'; readonly error: OdradekError }

/** A broker as the one that was asked tells of it. */
export interface ToldBroker extends Endpoint {
  readonly nodeId: number
}

export interface Diagnosis {
  readonly asked: Endpoint
  readonly first: Visit
  /** Of each broker that was told. */
  readonly told: readonly { readonly broker: ToldBroker; readonly visit: Visit }[]
  /** All that was told is reached, and is of one cluster. */
  readonly isHealthy: boolean
}

/** Does what any client does: asks one broker where all are, and turns to each address that it is told. Never rejects for what it finds. */
export async function diagnose(asked: Endpoint, options: BrokerConnectionOptions): Promise<Diagnosis> {
  const first = await visit(asked, options)
  if (first.kind === 'fails') return { asked, first, told: [], isHealthy: false }
  const told = await visitAll(first.brokers, options)
  const isReached = ({ visit }: Diagnosis['told'][number]) => visit.kind === 'answers' && visit.clusterId === first.clusterId
  return { asked, first, told, isHealthy: told.length > 0 && told.every(isReached) }
}

async function visitAll(brokers: readonly ToldBroker[], options: BrokerConnectionOptions): Promise<Diagnosis['told']> {
  const told: Diagnosis['told'][number][] = []
  for (let start = 0; start < brokers.length; start += VISITS_AT_ONCE) {
    const some = brokers.slice(start, start + VISITS_AT_ONCE)
    told.push(...(await Promise.all(some.map(async (broker) => ({ broker, visit: await visit({ host: broker.host, port: broker.port }, options) })))))
  }
  return told
}

async function visit(endpoint: Endpoint, options: BrokerConnectionOptions): Promise<Visit> {
  try {
    await using client = await KafkaClient.open(endpoint, options)
    const { clusterId, brokers } = await brokersToldBy(client)
    const level = client.served.finalizedFeatures.find(({ name }) => name === 'metadata.version')
    return {
      kind: 'answers',
      remoteHost: client.remote.host,
      apiCount: client.served.apiKeys.length,
      metadataVersion: level?.maxVersionLevel ?? null,
      clusterId,
      brokers: brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port })),
    }
  } catch (error) {
    if (error instanceof OdradekError) return { kind: 'fails', error }
    throw error
  }
}

/** No topic is asked for, so that none is made. */
function brokersToldBy(client: KafkaClient): Promise<MetadataResponse> {
  return client.send(MetadataApi, { topics: [], allowAutoTopicCreation: false })
}

import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ApiVersionsApi, type ApiVersionsResponse } from '../../../../protocol/messages/api-versions.ts'
import { OdradekError } from '../../../base/errors.ts'
import { SOFTWARE_NAME } from '../../../base/software-name.ts'
import { KafkaError } from '../kafka-error.ts'
import type { Broker, ClusterClient } from './cluster-client.ts'

export interface BrokerVersions {
  readonly broker: Broker
  /** Or why it does not say. */
  readonly served: ApiVersionsResponse['apiKeys'] | OdradekError
}

/** What each broker serves, by the brokers' ids. Errors: where no broker can be asked for the others. */
export async function apiVersionsOf(client: ClusterClient): Promise<readonly BrokerVersions[]> {
  const brokers = await client.retry('listAllBrokerVersionInfo', async () => {
    const found = await client.brokers()
    if (found.length === 0) throw new KafkaError(ErrorCode.BROKER_NOT_AVAILABLE)
    return found
  })
  return Promise.all(brokers.map(async (broker) => ({ broker, served: await servedBy(client, broker.id) })))
}

async function servedBy(client: ClusterClient, id: number): Promise<BrokerVersions['served']> {
  try {
    const answer = await client.askBroker(id, ApiVersionsApi, { clientSoftwareName: SOFTWARE_NAME, clientSoftwareVersion: '1' })
    return answer.errorCode === ErrorCode.NONE ? answer.apiKeys : new KafkaError(answer.errorCode)
  } catch (error) {
    if (error instanceof OdradekError) return error
    throw error
  }
}

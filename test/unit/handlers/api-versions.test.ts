import { describe, expect, test } from 'vitest'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { InitProducerIdApi } from '../../../protocol/messages/init-producer-id.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { VoteApi } from '../../../protocol/messages/vote.ts'
import { apiVersionsHandler } from '../../../src/handlers/api-versions.ts'
import { handlers } from '../../../src/handlers/registry.ts'
import type { RequestContext } from '../../../src/handlers/request-context.ts'
import { ApiTable, type ServedApi } from '../../../src/server/api-table.ts'

const supportedFeatures = [
  { name: 'metadata.version', minVersion: 7, maxVersion: 30 },
  { name: 'group.version', minVersion: 0, maxVersion: 1 },
]
const levels = new Map([
  ['metadata.version', 30],
  ['group.version', 1],
  ['share.version', 0],
])

function ask(apiVersion: number, { clientSoftwareName = 'apache-kafka-java', clientSoftwareVersion = '4.3.1' } = {}) {
  const apis = new ApiTable([apiVersionsHandler])
  const services = { apiVersions: { advertised: apis.advertised.bind(apis), supportedFeatures, finalizedFeatures: () => ({ epoch: 74, levels }) } }
  const context = { apiVersion, listenerKind: 'broker', services } as unknown as RequestContext
  return apiVersionsHandler.handle(context, { clientSoftwareName, clientSoftwareVersion })
}

describe('ApiVersions', () => {
  test('tells the APIs served and the features of the cluster', () => {
    expect(ask(4)).toEqual({
      errorCode: 0,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
      supportedFeatures,
      finalizedFeaturesEpoch: 74,
      finalizedFeatures: [
        { name: 'metadata.version', minVersionLevel: 30, maxVersionLevel: 30 },
        { name: 'group.version', minVersionLevel: 1, maxVersionLevel: 1 },
      ],
    })
  })

  test('leaves out features with lowest level 0 below version 4, whose clients cannot read them', () => {
    expect(ask(3)).toMatchObject({ supportedFeatures: [{ name: 'metadata.version', minVersion: 7, maxVersion: 30 }] })
  })

  test.each([
    ['!', '1'],
    ['', ''],
    ['-a', '1'],
    ['a', '1-'],
  ])('refuses the client software %j %j with INVALID_REQUEST', (clientSoftwareName, clientSoftwareVersion) => {
    expect(ask(3, { clientSoftwareName, clientSoftwareVersion })).toEqual({ errorCode: 42, apiKeys: [] })
  })

  test('does not look at the client software below version 3', () => {
    expect(ask(2, { clientSoftwareName: '', clientSoftwareVersion: '' })).toMatchObject({ errorCode: 0 })
  })
})

describe('advertised versions', () => {
  const serve = (api: ServedApi<object>['api'], listeners: ServedApi<object>['listeners']): ServedApi<object> => ({ api, listeners, handle: () => null })
  const table = new ApiTable([
    serve(InitProducerIdApi, ['broker']),
    serve(ProduceApi, ['broker']),
    serve(HeartbeatApi, ['broker']),
    serve(VoteApi, ['controller']),
  ])

  test('are those of the listener, in the order of the keys; Produce from v0 on, a version that is not final not at all', () => {
    expect(table.advertised('broker')).toEqual([
      { apiKey: 0, minVersion: 0, maxVersion: 13 },
      { apiKey: 12, minVersion: 0, maxVersion: 4 },
      { apiKey: 22, minVersion: 0, maxVersion: 5 },
    ])
    expect(table.advertised('controller')).toEqual([{ apiKey: 52, minVersion: 0, maxVersion: 2 }])
  })

  test('the registry names each API once, in the order of the keys', () => {
    const keys = handlers.map(({ api }) => api.key)
    expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b))
  })
})

import { expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { listConfigResourcesHandler } from '../../../src/handlers/list-config-resources.ts'
import { ConfigResourceType } from '../../../src/metadata/image.ts'
import { broker, topic } from '../metadata/records.ts'
import { TopicNode } from './topic-requests.ts'

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType

const configs = [
  [GROUP, 'g'],
  [CLIENT_METRICS, 'm'],
  [TOPIC, 't'],
  [BROKER, ''],
] as const
const records = configs.map(([resourceType, resourceName]) => {
  return { type: 'ConfigRecord', version: 0, data: { resourceType, resourceName, name: 'a.setting', value: '1' } } as const
})
const node = new TopicNode([broker(1), broker(2, { fenced: true }), topic('t', 1), topic('u', 2), ...records])

async function list(resourceTypes: readonly number[]) {
  const { errorCode, configResources } = await node.ask(listConfigResourcesHandler, 1, { resourceTypes })
  return { errorCode, names: configResources.map(({ resourceType, resourceName }) => [resourceType, resourceName]) }
}

it('lists every topic and live broker, and the groups and subscriptions with settings', async () => {
  expect(await list([])).toEqual({
    errorCode: ErrorCode.NONE,
    names: [
      [GROUP, 'g'],
      [CLIENT_METRICS, 'm'],
      [BROKER_LOGGER, '1'],
      [BROKER, '1'],
      [TOPIC, 't'],
      [TOPIC, 'u'],
    ],
  })
})

it('lists what is chosen, once', async () => {
  expect(await list([BROKER, GROUP, BROKER])).toMatchObject({
    names: [
      [GROUP, 'g'],
      [BROKER, '1'],
    ],
  })
})

it('answers UNSUPPORTED_VERSION for a type that cannot be listed', async () => {
  expect(await list([TOPIC, 99])).toEqual({ errorCode: ErrorCode.UNSUPPORTED_VERSION, names: [] })
})

it('version 0 lists subscriptions to metrics', async () => {
  expect(await node.ask(listConfigResourcesHandler, 0, {})).toMatchObject({ errorCode: 0, configResources: [{ resourceName: 'm' }] })
})

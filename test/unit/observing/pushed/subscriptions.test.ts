import { describe, expect, test } from 'vitest'
import { ConfigResourceType, configKey, EMPTY_IMAGE, type MetadataImage } from '../../../../src/metadata/image.ts'
import { wholeDelta } from '../../../../src/metadata/whole-delta.ts'
import { attributesOf, type ClientFacts } from '../../../../src/observing/pushed/client-facts.ts'
import { isMatch, Subscriptions } from '../../../../src/observing/pushed/subscriptions.ts'
import { type LogFields, silentLogger } from '../../../../src/telemetry/logger.ts'

const { CLIENT_METRICS, TOPIC } = ConfigResourceType

function image(configs: Readonly<Record<string, Readonly<Record<string, string>>>>, type: number = CLIENT_METRICS): MetadataImage {
  let { configs: all } = EMPTY_IMAGE
  for (const [name, values] of Object.entries(configs)) all = all.with(configKey(type, name), { type, name, values: new Map(Object.entries(values)) })
  return { ...EMPTY_IMAGE, configs: all }
}

function following(after: MetadataImage) {
  const warned: unknown[] = []
  const subscriptions = new Subscriptions({ ...silentLogger, warn: (_message: string, fields?: LogFields) => warned.push(fields?.subscription) })
  subscriptions.onUpdate(wholeDelta(after), after)
  return { subscriptions, warned }
}

function matches(match: string, client: Partial<ClientFacts>): boolean {
  const { subscriptions } = following(image({ s: { match } }))
  const facts = { clientId: 'c', softwareName: 'kafkajs', softwareVersion: '2.2.4', sourceAddress: '127.0.0.1', sourcePort: 40_000, connectionId: 1, ...client }
  return [...subscriptions.all()].some((subscription) => isMatch(subscription, attributesOf('id', facts)))
}

describe('subscriptions to metrics of clients', () => {
  test('are what the metadata log says, with defaults for the rest', () => {
    const { subscriptions } = following(image({ a: { metrics: 'x,y', 'interval.ms': '1000' }, b: { match: 'client_id=.*' } }))
    expect([...subscriptions.all()]).toMatchObject([
      { name: 'a', metrics: ['x', 'y'], intervalMs: 1000 },
      { name: 'b', metrics: [], intervalMs: 300_000 },
    ])
  })

  test('are others with each change, and not with changes of other resources', () => {
    const first = image({ a: { metrics: 'x' } })
    const { subscriptions } = following(first)
    expect(subscriptions.version).toBe(1)
    const topics = image({ t: { 'retention.ms': '1' } }, TOPIC)
    subscriptions.onUpdate(wholeDelta(topics), topics)
    expect(subscriptions.version).toBe(1)
    subscriptions.onUpdate(
      { ...wholeDelta(EMPTY_IMAGE), configs: new Map([[configKey(CLIENT_METRICS, 'a'), { type: CLIENT_METRICS, name: 'a' }]]) },
      EMPTY_IMAGE,
    )
    expect([subscriptions.version, [...subscriptions.all()]]).toEqual([2, []])
  })

  test.each([
    ['client_id=app-.*', { clientId: 'app-1' }, true],
    ['client_id=app', { clientId: 'app-1' }, false],
    ['client_id=app-.*,client_source_port=5000', { clientId: 'app-1' }, false],
    ['client_software_name=kafkajs , client_software_version=2\\..*', {}, true],
    ['client_source_address=127\\.0\\.0\\.1', {}, true],
    ['client_instance_id=id', {}, true],
    ['client_id=a,client_id=c', {}, true],
    ['client_id=.*', { clientId: 'c'.repeat(2000) }, false],
    ['client_id=(?!test).*', { clientId: 'app' }, true],
    ['client_id=(?!test).*', { clientId: 'test-1' }, false],
    ['client_id=(?!test).*', { clientId: 'c'.repeat(129) }, false],
    ['client_id=(a+)+b', { clientId: 'a'.repeat(1000) }, false],
    ['client_id=(a|a)*(.*x){20}', { clientId: 'a'.repeat(1000) }, false],
  ])('%s matches %j: %s', (match, client, isMatching) => {
    expect(matches(match, client)).toBe(isMatching)
  })

  test('with an expression that cannot be said match nobody, and an operator is told', () => {
    expect(matches('client_id=c++', {})).toBe(false)
    expect(following(image({ s: { match: 'client_id=c++' } })).warned).toEqual(['s'])
  })
})

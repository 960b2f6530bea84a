import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { OdradekError } from '../../../../src/base/errors.ts'
import { decodeDocument, encodeDocument, type MetadataDocument } from '../../../../src/cli/metadata/metadata-document.ts'

const DOCUMENT: MetadataDocument = {
  exportedAt: '2026-01-01T00:00:00.000Z',
  clusterId: null,
  features: { 'metadata.version': 29 },
  topics: [{ name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', partitions: 2, replicationFactor: 1, replicas: [[1], [2]], configs: { 'retention.ms': '1' } }],
  brokerConfigs: { default: { 'log.retention.ms': '5' }, '1': { 'log.cleaner.threads': '2' } },
  clientMetrics: {},
  groupConfigs: {},
  groups: [{ groupId: 'g', type: 'Classic', offsets: [{ topic: 'orders', partition: 1, offset: 7, metadata: '' }] }],
}

function edited(edit: (document: Record<string, unknown>) => void): string {
  const document = JSON.parse(encodeDocument(DOCUMENT))
  edit(document)
  return JSON.stringify(document)
}

function topic(change: object): string {
  return edited((document) => Object.assign((document.topics as object[])[0] as object, change))
}

describe('the metadata of a cluster as a file', () => {
  test('are read as they were written', () => {
    expect(decodeDocument(encodeDocument(DOCUMENT), 'x.json')).toEqual(DOCUMENT)
  })

  test.each([
    ['{', 'it is not JSON'],
    ['a\u001b[2J', 'it is not JSON: Unexpected token \'a\', "a [2J" is not valid JSON'],
    ['[]', 'it is no object'],
    ['{}', 'format is missing'],
    ['{"format":"other"}', 'format should be `odradek-metadata`, and is "other"'],
    [edited((document) => Object.assign(document, { formatVersion: 2 })), 'formatVersion should be 1, and is 2'],
    [edited((document) => delete document.topics), 'topics is missing'],
    [edited((document) => Object.assign(document, { topic: [] })), 'there is no field topic'],
    [topic({ partitions: 0 }), 'topics[0].partitions should be a whole number from 1 to 1000000, and is 0'],
    [topic({ partitions: '2' }), 'topics[0].partitions should be a whole number'],
    [topic({ name: '../x' }), 'topics[0].name should be the name of a topic, and is "../x"'],
    [topic({ configs: { 'retention.ms': 1 } }), 'topics[0].configs.retention.ms should be a text, and is 1'],
    [topic({ replicas: [1] }), 'topics[0].replicas should be lists of brokers'],
    [topic({ more: 1 }), 'there is no field topics[0].more'],
    [edited((document) => (document.topics as unknown[]).push(DOCUMENT.topics[0])), 'topics should be without `orders` twice'],
    [edited((document) => Object.assign(document, { brokerConfigs: { one: {} } })), 'named by a broker'],
    [
      edited((document) =>
        Object.assign(document, { groups: [{ groupId: 'g', type: '', offsets: [{ topic: 'orders', partition: 0, offset: -1, metadata: '' }] }] }),
      ),
      'groups[0].offsets[0].offset',
    ],
  ])('are refused whole for what is wrong: %s', (text, why) => {
    expect(() => decodeDocument(text, 'x.json')).toThrow(`x.json is not used: `)
    expect(() => decodeDocument(text, 'x.json')).toThrow(why)
  })

  test('are a document or an OdradekError, whatever JSON there is', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          decodeDocument(text, 'x.json')
        } catch (error) {
          expect(error).toBeInstanceOf(OdradekError)
        }
      }),
    )
  })
})

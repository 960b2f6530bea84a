import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import { decodeMetaProperties, encodeMetaProperties } from '../../../../src/raft/format/meta-properties.ts'

const kafkaFile = `#
#Sun Nov 22 17:34:37 UTC 2026
node.id=1
directory.id=etpegI6tRZWE40fAXtZKpg
version=1
cluster.id=4L6g3nShT-eMCtK--X86sw
`

describe('meta.properties', () => {
  it('of Kafka is read', () => {
    expect(decodeMetaProperties(Buffer.from(kafkaFile))).toEqual({ nodeId: 1, directoryId: 'etpegI6tRZWE40fAXtZKpg', clusterId: '4L6g3nShT-eMCtK--X86sw' })
  })

  it('is the same after it was written', () => {
    const properties = decodeMetaProperties(Buffer.from(kafkaFile))
    expect(decodeMetaProperties(encodeMetaProperties(properties))).toEqual(properties)
  })

  it.each(['version', 'node.id', 'directory.id', 'cluster.id'])('without %s is refused', (name) => {
    const lines = kafkaFile.split('\n').filter((line) => !line.startsWith(name))
    expect(() => decodeMetaProperties(Buffer.from(lines.join('\n')))).toThrow(name)
  })

  it('of ZooKeeper times is refused', () => {
    expect(() => decodeMetaProperties(Buffer.from('version=0\nbroker.id=1\ncluster.id=x\n'))).toThrow('version is 0')
  })

  it('of arbitrary text is properties or a DecodeError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(() => decodeMetaProperties(Buffer.from(any))).toThrow(DecodeError)
      }),
    )
  })
})

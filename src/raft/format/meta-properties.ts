import { DecodeError } from '../../../protocol/errors.ts'
import { parseUuid, type Uuid } from '../../../protocol/uuid.ts'

/** Whose a log directory is. Source: KIP-858; org.apache.kafka.metadata.properties.MetaProperties. */
export interface MetaProperties {
  readonly clusterId: string
  readonly nodeId: number
  readonly directoryId: Uuid
}

export const META_PROPERTIES_FILE = 'meta.properties'

/** A Java properties file of version 1. */
export function encodeMetaProperties(properties: MetaProperties): Buffer {
  const lines = ['#', `node.id=${properties.nodeId}`, `directory.id=${properties.directoryId}`, 'version=1', `cluster.id=${properties.clusterId}`, '']
  return Buffer.from(lines.join('\n'))
}

/** Errors: `DecodeError` that names the line that is missing or wrong. */
export function decodeMetaProperties(content: Buffer): MetaProperties {
  const values = parseProperties(content.toString('latin1'))
  const version = values.get('version')
  if (version !== '1') throw new DecodeError(`version is ${version ?? 'missing'}, and 1 is known`)
  const clusterId = values.get('cluster.id')
  if (clusterId === undefined) throw new DecodeError('cluster.id is missing')
  const nodeId = values.get('node.id')
  if (nodeId === undefined || !/^\d{1,10}$/.test(nodeId)) throw new DecodeError(`node.id is ${nodeId ?? 'missing'}`)
  const directoryId = parseUuid(values.get('directory.id') ?? '')
  if (directoryId === null) throw new DecodeError(`directory.id is ${values.get('directory.id') ?? 'missing'}`)
  return { clusterId, nodeId: Number(nodeId), directoryId }
}

/** `key=value` or `key:value` lines; `\` before a character stands for that character. */
function parseProperties(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of text.split(/\r\n|\r|\n/)) {
    const match = /^\s*([^#!=:\s][^=:\s]*)\s*[=:]\s*(.*)$/.exec(line)
    if (match !== null) values.set(match[1] as string, (match[2] as string).replace(/\\(.)/g, '$1'))
  }
  return values
}

import type { Step } from '../report.ts'
import { bytesText, groups } from './number-text.ts'

/** What a step has on its own axis, as a table and a plot say it. */
export function stepLabel({ axis, kind, nodes, replicationFactor, partitions, connections, recordBytes, batchBytes }: Step): string {
  switch (axis) {
    case 'message size':
      return bytesText(recordBytes)
    case 'batches':
      return `${batchText({ recordBytes, batchBytes })}${of(kind)}`
    case 'partitions':
      return `${groups(partitions)}${of(kind)}`
    case 'connections':
      return groups(connections)
    case 'nodes':
      return `${nodes}, ${replicationFactor === 1 ? 'one replica' : `${replicationFactor} replicas`}`
  }
}

function of(kind: Step['kind']): string {
  return kind === 'kafka' ? ', Apache Kafka' : ''
}

function batchText({ recordBytes, batchBytes }: Pick<Step, 'recordBytes' | 'batchBytes'>): string {
  if (batchBytes <= recordBytes) return 'one record'
  return batchBytes % 1024 === 0 ? `${batchBytes / 1024} KB` : bytesText(batchBytes)
}

import type { ReplicaManager } from '../../replication/replica-manager.ts'
import type { MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import type { TopicTraffic, Traffic } from '../../telemetry/traffic.ts'

interface TopicRow {
  /** '' for all topics together. */
  readonly topic: string
  readonly traffic: TopicTraffic
}

/** What is written to and read from each topic at this node, and all of them together. */
export function topicTable(replicas: Pick<ReplicaManager, 'traffic' | 'topicTraffic'>): MetricTable<TopicRow> {
  return {
    ...topicSheet,
    *rows() {
      yield { topic: '', traffic: replicas.traffic }
      // Those of now: one that is made anew while the others are written would come twice.
      for (const [topic, traffic] of [...replicas.topicTraffic]) yield { topic, traffic }
    },
    labelsOf: ({ topic }) => [topic],
  }
}

export const topicSheet: MetricSheet<TopicRow> = {
  labels: ['topic'],
  metrics: [
    counter('messagesin', 'Records that producers wrote.', ({ messagesIn }) => messagesIn),
    counter('bytesin', 'Bytes of the record batches that producers wrote.', ({ bytesIn }) => bytesIn),
    counter('bytesout', 'Bytes of the record batches sent to consumers.', ({ bytesOut }) => bytesOut),
    counter('totalproducerequests', 'Batches that producers sent for a partition.', ({ produceRequests }) => produceRequests),
    counter('failedproducerequests', 'Batches of producers that were refused.', ({ failedProduceRequests }) => failedProduceRequests),
    counter('totalfetchrequests', 'Partitions that consumers and followers were answered for.', ({ fetchRequests }) => fetchRequests),
    counter('failedfetchrequests', 'Partitions that they were answered an error for.', ({ failedFetchRequests }) => failedFetchRequests),
  ],
}

/** Between nodes, of all topics together. */
export function replicationTable({ traffic }: Pick<ReplicaManager, 'traffic'>): MetricTable<Traffic> {
  return { ...replicationSheet, rows: () => [traffic], labelsOf: () => [] }
}

export const replicationSheet: MetricSheet<Traffic> = {
  labels: [],
  metrics: [
    {
      name: 'replication_bytes_in_total',
      aliases: kafkaNames('replicationbytesin'),
      type: 'counter',
      help: 'Bytes of record batches that this node copied from leaders.',
      read: ({ replicationBytesIn }) => replicationBytesIn,
    },
    {
      name: 'replication_bytes_out_total',
      aliases: kafkaNames('replicationbytesout'),
      type: 'counter',
      help: 'Bytes of record batches that followers copied from this node.',
      read: ({ replicationBytesOut }) => replicationBytesOut,
    },
  ],
}

function counter(what: string, help: string, of: (traffic: TopicTraffic) => number): MetricSheet<TopicRow>['metrics'][number] {
  const [name = '', ...aliases] = kafkaNames(what)
  return { name, aliases, type: 'counter', help, read: ({ traffic }) => of(traffic) }
}

/** By the rules of the exporter's own examples, and by those of Confluent's. */
function kafkaNames(what: string): readonly string[] {
  return [`kafka_server_brokertopicmetrics_${what}_total`, `kafka_server_brokertopicmetrics_${what}persec`]
}

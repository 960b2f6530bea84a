import { clusterSheet, controllerSheet, metadataSheet, topicPartitionsSheet } from '../../src/node/metrics/controller-metrics.ts'
import { flushQuantileSheet, flushSheet, metadataFlushSheet } from '../../src/node/metrics/flush-metrics.ts'
import { listenerSheet, refusedSheet } from '../../src/node/metrics/listener-metrics.ts'
import { nodeSheet } from '../../src/node/metrics/node-metrics.ts'
import { copySheet, followerSheet, leaderSheet, logSheet } from '../../src/node/metrics/partition-metrics.ts'
import { kafkaRoleSheet, quorumReplicaSheet, quorumRoleSheet, quorumSheet } from '../../src/node/metrics/quorum-metrics.ts'
import { fetcherSheet, replicaSheet } from '../../src/node/metrics/replica-metrics.ts'
import {
  errorSheet,
  kafkaCountSheet,
  kafkaErrorSheet,
  kafkaQuantileSheet,
  kafkaVersionSheet,
  kafkaWaitingSheet,
  requestSheet,
} from '../../src/node/metrics/request-metrics.ts'
import { directorySheet, kafkaDirectorySheet, offlineDirectoriesSheet } from '../../src/node/metrics/storage-metrics.ts'
import { replicationSheet, topicSheet } from '../../src/node/metrics/topic-metrics.ts'
import { clientSheet } from '../../src/observing/clients/client-metrics.ts'
import { kafkaStateSheet, stateSheet } from '../../src/observing/groups/group-states.ts'
import { exporterGroupSheet, exporterLagSheet, groupSheet, lagSheet, leftOutSheet } from '../../src/observing/groups/group-tables.ts'
import { telemetrySheet } from '../../src/observing/pushed/telemetry-sheet.ts'
import { processSheet } from '../../src/platform/metrics/process-metrics.ts'
import type { Metric, MetricSheet } from '../../src/telemetry/metrics.ts'
import { readingSheet } from '../../src/telemetry/table-preparer.ts'

// biome-ignore lint/suspicious/noExplicitAny: of any rows
type AnySheet = MetricSheet<any>

interface Section {
  readonly title: string
  readonly about: string
  readonly sheets: readonly AnySheet[]
}

/** Everything that a node tells in its own words, in the order of docs/metrics.md. A sheet that is not here is not documented, and a test says so. */
export const metricSections: readonly Section[] = [
  {
    title: 'Traffic and connections',
    about: `Told by every node, of itself.

- Written is what was appended: not what was refused, nor what an idempotent producer sent a second time. Bytes are those of the batches as they were sent, compressed or not.
- A rate is the mean since the latest reading that is at least 60 seconds old. So with readings every 15 seconds it is over one minute; with rarer ones, since the last;
  in a node's first minute, since its start. Several collectors do not disturb each other. The counters beside allow any other window.
- Records sent are counted in whole batches, as they leave, and each time that they leave: a consumer that begins within a batch is sent the batch. What followers copy is not in these, but in \`replication_bytes_out_total\`.
- \`bytes_in_capacity\` is told where [\`metrics.capacity.bytes.in\`](configuration.md) is set.`,
    sheets: [nodeSheet, listenerSheet, refusedSheet, replicationSheet],
  },
  {
    title: 'Replicas',
    about: `Told by every broker. Partitions are counted by their leader, and changes of in-sync replicas by who leads afterwards, so that sums over nodes are right.
\`isr_shrinks\` and \`isr_expands\` show a change for a minute, or until the next reading where readings are rarer. Unlike in Apache Kafka, what the controller decides, as for a broker that died, counts as well as what the leader finds.
In-sync replicas that came and left within one step of the metadata log are not seen.`,
    sheets: [replicaSheet, fetcherSheet],
  },
  {
    title: 'Cluster',
    about: `\`active_controller\` is told by nodes with the controller role. The others are told by the active controller alone, from the cluster's metadata, so that sums over nodes are right; while there is none, nobody tells them.
Partitions without a leader are nobody's under-replicated ones.`,
    sheets: [controllerSheet, clusterSheet, topicPartitionsSheet],
  },
  {
    title: 'Metadata quorum',
    about:
      'Told by every node, as it knows it; `quorum_observers` and `quorum_replica_lag` by the leader of the quorum. A node that cannot read or apply a record of the metadata stops, and says so in its log: there is no count of such errors.',
    sheets: [quorumSheet, quorumRoleSheet, quorumReplicaSheet, metadataSheet, metadataFlushSheet, kafkaRoleSheet],
  },
  {
    title: 'Requests',
    about: `By API, and for Fetch also as \`FetchConsumer\` and \`FetchFollower\`, which are the same requests once more: do not add them to \`Fetch\`. An API is told from its first request on.
A request arrives when this node has read its last bytes: as in Apache Kafka, what waits in the system's buffers is in none of the times. While the event loop is late (\`nodejs_eventloop_lag_seconds\`), clients wait longer than is told here.
Quantiles are estimated from the histograms, over the last minute, and left out while nothing came. Requests that a broker passes on to the controller are counted there as \`Envelope\`.`,
    sheets: [requestSheet, errorSheet, kafkaVersionSheet, kafkaErrorSheet, kafkaQuantileSheet, kafkaCountSheet, kafkaWaitingSheet],
  },
  {
    title: 'Topics',
    about:
      'By topic from its first request on, and without a label for all topics together, as in Kafka: choose `{topic=""}` or `{topic!=""}`, not both. Told by the node that served it.',
    sheets: [topicSheet],
  },
  {
    title: 'Partitions',
    about: `The \`kafka_log_…\` ones are told of every replica by its node, the others with \`topic\` and \`partition\` alone by the leader; the lag of followers by the leader (\`replica_lag\`) and by the follower.
A node with 10,000 partitions writes some ten megabytes in slices, between which it serves its clients.`,
    sheets: [logSheet, leaderSheet, followerSheet, copySheet],
  },
  {
    title: 'Directories and disks',
    about: 'Of `log.dirs`, told by every broker.',
    sheets: [directorySheet, kafkaDirectorySheet, offlineDirectoriesSheet, flushSheet, flushQuantileSheet],
  },
  {
    title: 'Of clients',
    about: `What a broker sees of each client id, whoever uses it. Clients need do nothing for it.

- Rates are 0 while a client does nothing, and means are none. Of a client id that was silent for ten minutes nothing is told.
- The time of a request is that from when it is taken up until its answer is made: neither the network nor requests before it on the same connection count. A fetch that waits for records, as consumers let it at the end of
  a partition, is not slow: the wait is left out, so that \`fetch_latency_avg\` above a second means trouble, whatever \`fetch.max.wait.ms\` says. Clients measure it [with the wait](#that-clients-push).
- What an idempotent producer sends a second time counts both times. The fetches of other brokers, which copy partitions, do not count.
- At most \`metrics.clients.max\` client ids (1000) are told apart; further ones are told together as \`client_id="other"\`. Requests without a client id go as \`(none)\`.
  A client whose id is one of these two words is shown with \`~\` before it. Of a client id 256 characters are shown; those that begin alike are told together.
- Each broker tells what it sees: sum rates over all of them.`,
    sheets: [clientSheet],
  },
  {
    title: 'Of groups',
    about: `Told by the coordinator of each group, so each once in a cluster, without anything that clients would have to tell.

- The end of a partition is its high watermark, as \`kafka-consumer-groups --describe\` takes it. Where the coordinator has a replica that is in sync, it looks there: as a follower it hears of the end with its next fetch, well
  within a second. Of other partitions it asks the leaders, at a reading of the metrics and not more often than every five seconds. A leader that has not answered after a second holds the reading up no longer: what it said last
  counts for a minute, and then there is no series. So the lag is that of the reading, or up to five seconds older where several collectors read. While nobody reads nothing is asked.
- There is no lag in a partition without a leader, nor of a group that never committed. A group that committed beyond the end has a lag of 0.
- The hour of \`rebalance_rate\` is kept in parts of five minutes. Another coordinator counts from the beginning.
- The lag of at most \`metrics.group.partitions.max\` partitions of groups (50,000) is told by a node, those of groups with members first; what is left out is counted.
- The names that begin with \`kafka_consumergroup\` are those of [kafka_exporter](https://github.com/danielqsj/kafka_exporter).`,
    sheets: [lagSheet, groupSheet, leftOutSheet, stateSheet, exporterLagSheet, exporterGroupSheet, kafkaStateSheet],
  },
  {
    title: 'That clients push',
    about: `Clients from Apache Kafka 3.7 on (librdkafka from 2.5 on) measure themselves and push what a broker asks for (KIP-714). Nothing is asked for until you subscribe:

\`\`\`sh
odradek configs set client-metrics producers metrics=org.apache.kafka.producer. interval.ms=30000 'match=client_id=app-.*'
\`\`\`

Kafka's \`kafka-client-metrics --alter\` does the same. \`metrics=*\` is all that clients know. \`match\` is an expression for each of \`client_id\`, \`client_instance_id\`, \`client_software_name\`, \`client_software_version\`, \`client_source_address\` and
\`client_source_port\`, which must match it as a whole; all must match. Clients choose the texts, not how long matching takes: a pattern is matched in one pass, except where it looks ahead or behind or repeats what a group matched, and then only texts of up to 128 characters are. Apache Kafka hands the figures to a plugin; here the broker to which a client pushes shows them, as \`kafka_client_\` and the name without \`org.apache.kafka.\`:

\`\`\`text
kafka_client_producer_record_send_total{client_id="app-1",client_instance_id="3jKx9AbrTQ2Gvv3WkQ3L8w"} 300
kafka_client_consumer_fetch_manager_fetch_latency_avg{group_id="g",client_id="app-2",client_instance_id="Zq1m0bQ9S4mM9xq1yO2kVg"} 503.2
\`\`\`

- Labels are the client's id, the id that it got for this, and what the client says of itself and of the figure (\`group_id\`, \`transactional_id\`, \`node_id\`, \`topic\`, …) but for the member's id.
- Counters add up what was pushed to this broker since the client began to. A figure that was not pushed for three intervals, or a minute where they are shorter, goes; so does a client that is gone.
- What a client pushes and is not asked for is dropped; of a client that is asked for nothing nothing is looked at. Both are answered as Apache Kafka answers them.
- Bounds: \`metrics.clients.max\` clients; for a further one the client makes room that was silent longest of those whose connection is closed or that did not push for two intervals. Of each connection one client is shown.
  5,000 series and 2 Mi characters of labels of a client, 50,000 and 16 Mi of all; 1,000 names. The name of a label has at most 64 characters, its value is cut at 256. What does not fit is dropped and counted.
  A push has at most \`telemetry.max.bytes\`, compressed and inflated, and 10,000 values.`,
    sheets: [telemetrySheet],
  },
  {
    title: 'Process',
    about:
      'Nodes that share a process tell the same, but for `metric_tables_left_out_total`, which each tells of itself. Disks are counted on Linux alone. Tables that are left out are told with the next reading before which they could be looked up; the rest of a reading does not wait for them.',
    sheets: [readingSheet, processSheet],
  },
]

const INTRODUCTION = `# Metrics and health

A node started by \`odradek start\` serves three paths over HTTP on port 9404, node N of a [local cluster](cluster.md) on 9403 + N:

| path | answer |
| --- | --- |
| \`/metrics\` | all metrics, in the text format that [Prometheus](https://prometheus.io) reads |
| \`/healthz\` | 200 unless an essential part of the node has failed, then 503: restart it |
| \`/readyz\` | 200 while requests are served in full; 503 while the node starts (recovery after a crash included), stops, or has failed |

The last two say the state in one word: \`starting\`, \`ready\`, \`stopping\` or \`failed\`. They are answered from before the data are opened until the node has stopped.

\`\`\`sh
curl -s localhost:9404/metrics
curl -fs localhost:9404/readyz
\`\`\`

| setting | meaning |
| --- | --- |
| \`metrics.port\` | 9404 where not given; 0 serves nothing. If the default port is taken, as by a second node of the machine, a warning says so and the node goes without. A port that was set must be free, or the node does not start |
| \`metrics.host\` | the address; where not given, that of the first listener: loopback in the profile \`dev\` |
| \`metrics.capacity.bytes.in\` | bytes per second that this node can take, as you have measured it, for an alert on what is near to it; 0, the default: not known |

Whoever reaches the port may read: there is no authentication. A node in your own process (\`startNode\`) serves nothing unless \`config\` sets \`metrics.port\`, nodes of \`startCluster\` nothing without \`metrics: true\`.

The tables are written by \`npm run docs\` from \`src/node/metrics/\` and \`src/observing/\`; a test says when they are out of date. "Also" gives further names of the same series: those that the usual rules of the JMX exporter
(\`kafka-2_0_0.yml\`, \`kafka-kraft-3_0_0.yml\`, Strimzi's and Confluent's) and \`kafka_exporter\` give them, so that dashboards made for these show data.
`

const REST = `## Of the process and Node.js

These are the default metrics of [prom-client](https://github.com/siimon/prom-client). They are measured from the first reading on, so that a node that nobody watches does not pay for them.
Nodes that share a process tell the same. Some exist on Linux alone.

| name | what |
| --- | --- |
| \`process_cpu_user_seconds_total\`, \`process_cpu_system_seconds_total\`, \`process_cpu_seconds_total\` | processor time |
| \`process_start_time_seconds\` | when the process started, since the Unix epoch |
| \`process_resident_memory_bytes\`, \`process_virtual_memory_bytes\`, \`process_heap_bytes\` | memory, as the system counts it |
| \`process_open_fds\`, \`process_max_fds\` | open files and sockets, and how many may be open |
| \`nodejs_eventloop_lag_seconds\` | how late the event loop was at this reading |
| \`nodejs_eventloop_lag_min_seconds\`, \`nodejs_eventloop_lag_max_seconds\`, \`nodejs_eventloop_lag_mean_seconds\`, \`nodejs_eventloop_lag_stddev_seconds\`, \`nodejs_eventloop_lag_p50_seconds\`, \`nodejs_eventloop_lag_p90_seconds\`, \`nodejs_eventloop_lag_p99_seconds\` | how late it was since the last reading |
| \`nodejs_active_resources\`, \`nodejs_active_resources_total\`, \`nodejs_active_handles\`, \`nodejs_active_handles_total\`, \`nodejs_active_requests\`, \`nodejs_active_requests_total\` | what the event loop waits for |
| \`nodejs_heap_size_total_bytes\`, \`nodejs_heap_size_used_bytes\`, \`nodejs_external_memory_bytes\` | memory of JavaScript, and of buffers outside of its heap |
| \`nodejs_heap_space_size_total_bytes\`, \`nodejs_heap_space_size_used_bytes\`, \`nodejs_heap_space_size_available_bytes\` | the same by space of the heap |
| \`nodejs_gc_duration_seconds\` | garbage collections, by kind |
| \`nodejs_version_info\` | the version of Node.js, as a label |

## Dashboards made for Kafka

The names are those that the rules above make of Kafka's; looked through were Strimzi's \`strimzi-kafka\` and \`strimzi-kraft\`, the overview of \`kafka_exporter\` (7589 of Grafana's collection) and parts of Confluent's \`kafka-cluster-kraft\` (made from 721).
What dashboards ask for and is not told here, as there is no such thing and a constant would lie, or as it is not measured:

| name | why not |
| --- | --- |
| \`jvm_…\`, \`java_lang_…\` | there is no Java; see \`nodejs_…\` and \`process_…\` |
| \`kafka_network_requestmetrics_responsequeuetimems\`, \`…responsesendtimems\`, \`kafka_network_requestchannel_…\` | there is no queue between threads: a reply goes to the socket in the turn in which it is made. What clients have not taken is \`reply_bytes_in_flight\` |
| \`kafka_network_requestmetrics_throttletimems\`, \`kafka_server_quota_…\` | there are no client quotas yet |
| \`kafka_server_brokertopicmetrics_…messageconversions…\` | record formats are not converted |
| \`kafka_server_delayedoperationpurgatory_numdelayedoperations\` | what waits is counted once, in \`…_purgatorysize\` |
| \`kafka_server_raftmetrics_commit_latency_…\`, \`…election_latency_…\`, \`…_rate\`, \`kafka_server_raftchannelmetrics_…\` | not measured |
| \`kafka_server_kafkaserver_zookeeper…\`, \`kafka_server_sessionexpirelistener_…\`, \`zookeeper_…\` | there is no ZooKeeper |
| \`kafka_coordinator_transaction_…\` | there is no transaction coordinator yet |
`

/** Renders docs/metrics.md; ends in a newline. */
export function renderMetricsDocument(): string {
  return [INTRODUCTION, ...metricSections.map(renderSection), REST].join('\n')
}

function renderSection({ title, about, sheets }: Section): string {
  const rows = sheets.flatMap(({ labels, metrics }) => metrics.map((metric: Metric<unknown>) => renderRow(labels, metric)))
  return `## ${title}\n\n${about}\n\n| name | type | labels | what | also |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

function renderRow(labels: readonly string[], { name, type, help, aliases = [] }: Metric<unknown>): string {
  return `| \`${name}\` | ${type} | ${list(labels)} | ${help} | ${list(aliases)} |`
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

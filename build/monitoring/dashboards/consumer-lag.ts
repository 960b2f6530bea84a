import { CHOSEN, type Dashboard, INSTANCE } from './dashboard.ts'

const LAG = 'consumer_lag{group=~"$group",topic=~"$topic"}'
const HIGH_LAG = [{ from: 10_000, colour: 'orange' }] as const

/** How far groups are behind what producers write, and what keeps them. */
export const consumerLag: Dashboard = {
  uid: 'odradek-consumer-lag',
  title: 'Consumer Lag',
  description: 'How many records consumer groups are behind, and how quickly they read.',
  variables: [
    { name: 'group', label: 'Group', query: 'label_values(consumer_lag, group)' },
    { name: 'topic', label: 'Topic', query: 'label_values(consumer_lag{group=~"$group"}, topic)' },
    { name: 'client_id', label: 'Client', query: 'label_values(records_consumed_rate, client_id)' },
    INSTANCE,
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Records behind',
          description: 'Of all chosen groups and topics.',
          kind: 'stat',
          unit: 'short',
          width: 6,
          thresholds: HIGH_LAG,
          queries: [{ expr: `sum(${LAG})`, legend: 'records' }],
        },
        {
          title: 'Furthest behind',
          description: 'The partition with the most records left to read; the alert HighConsumerLag looks at each.',
          kind: 'stat',
          unit: 'short',
          width: 6,
          thresholds: HIGH_LAG,
          queries: [{ expr: `max(${LAG})`, legend: 'records' }],
        },
        {
          title: 'Groups behind',
          description: 'Groups with anything left to read.',
          kind: 'stat',
          unit: 'none',
          width: 6,
          queries: [{ expr: `count(sum by (group) (${LAG}) > 0) or vector(0)`, legend: 'groups' }],
        },
        {
          title: 'Rebalances in an hour',
          description: 'Of the group that rebalances most often; consumers stand still meanwhile.',
          kind: 'stat',
          unit: 'short',
          width: 6,
          thresholds: [{ from: 5, colour: 'orange' }],
          queries: [{ expr: 'max(rebalance_rate{group=~"$group"})', legend: 'rebalances' }],
        },
      ],
    },
    {
      title: 'Lag',
      panels: [
        {
          title: 'Lag by group and topic',
          description:
            'Records written and not yet committed as read. Growing: the group reads less than is written. Level and high: it reads as much, and late.',
          kind: 'timeseries',
          unit: 'short',
          width: 24,
          thresholds: HIGH_LAG,
          queries: [{ expr: `sum by (group, topic) (${LAG})`, legend: '{{group}} on {{topic}}' }],
        },
        {
          title: 'Partitions furthest behind',
          description: 'One partition far before the others of its topic: a slow consumer, or a key that most records have.',
          kind: 'table',
          unit: 'short',
          width: 12,
          columns: ['group', 'topic', 'partition'],
          thresholds: HIGH_LAG,
          queries: [{ expr: `sort_desc(topk(20, max by (group, topic, partition) (${LAG})))`, legend: '' }],
        },
        {
          title: 'Rebalances in an hour, by group',
          description: 'The guide wants to hear of more than 5.',
          kind: 'timeseries',
          unit: 'short',
          width: 12,
          thresholds: [{ from: 5, colour: 'orange' }],
          queries: [{ expr: 'max by (group) (rebalance_rate{group=~"$group"})', legend: '{{group}}' }],
        },
      ],
    },
    {
      title: 'Consumers',
      panels: [
        {
          title: 'Records consumed rate',
          description: 'Records per second that each client is sent.',
          kind: 'timeseries',
          unit: 'cps',
          width: 12,
          queries: [{ expr: `sum by (client_id) (records_consumed_rate{client_id=~"$client_id",${CHOSEN}})`, legend: '{{client_id}}' }],
        },
        {
          title: 'Fetch latency',
          description: 'Average time that a fetch takes at the broker, without the wait for records.',
          kind: 'timeseries',
          unit: 'ms',
          width: 12,
          thresholds: [{ from: 1000, colour: 'orange' }],
          queries: [{ expr: `max by (client_id) (fetch_latency_avg{client_id=~"$client_id",${CHOSEN}})`, legend: '{{client_id}}' }],
        },
        {
          title: 'Fetch lag',
          description: 'How many records the fetches of a client left it behind: also of consumers that commit nothing.',
          kind: 'timeseries',
          unit: 'short',
          width: 12,
          queries: [{ expr: `max by (client_id) (consumer_fetch_lag{client_id=~"$client_id",${CHOSEN}})`, legend: '{{client_id}}' }],
        },
        {
          title: 'Written and read',
          description: 'Records per second in all topics: where both lines are apart for long, lag grows.',
          kind: 'timeseries',
          unit: 'cps',
          width: 12,
          queries: [
            { expr: `sum(rate(messages_in_total{${CHOSEN}}[$__rate_interval]))`, legend: 'written' },
            { expr: `sum(rate(messages_out_total{${CHOSEN}}[$__rate_interval]))`, legend: 'read' },
          ],
        },
      ],
    },
  ],
}

/** What series do, as promtool writes it: `1+0x40` is 1 forty-one times, `0+5x9` is 0, 5, 10 … */
export type InputSeries = Readonly<Record<string, string>>

/** An alert as it must be. */
export interface Expected {
  readonly labels: Readonly<Record<string, string>>
  readonly description: string
}

/** What must fire an alert, and what is just not enough. Values come every 15 seconds, for longer than any alert waits. */
export interface AlertCase {
  readonly alert: string
  readonly fires: { readonly series: InputSeries; readonly alerts: readonly Expected[] }
  readonly isQuiet: readonly InputSeries[]
}

const ALWAYS = 'x60'
const BROKER = { instance: 'broker-1:9404', job: 'odradek' } as const
const AT = 'instance="broker-1:9404",job="odradek"'
const AT_2 = 'instance="broker-2:9404",job="odradek"'
const LAG = `consumer_lag{group="billing",topic="orders",partition="2",${AT}}`

export const alertCases: readonly AlertCase[] = [
  {
    alert: 'UnderReplicatedPartitions',
    fires: {
      series: { [`under_replicated_partitions{${AT}}`]: `3+0${ALWAYS}`, [`under_replicated_partitions{${AT_2}}`]: `0+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'Of the partitions that broker-1:9404 leads, 3 have fewer replicas in sync than they should.' }],
    },
    // As while a broker restarts.
    isQuiet: [{ [`under_replicated_partitions{${AT}}`]: `3+0x15 0+0${ALWAYS}` }],
  },
  {
    alert: 'OfflinePartitions',
    fires: {
      series: { [`offline_partitions{${AT}}`]: `1+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: '1 partitions have no leader: nobody can write to them or read from them.' }],
    },
    isQuiet: [{ [`offline_partitions{${AT}}`]: `0+0${ALWAYS}` }],
  },
  {
    alert: 'HighConsumerLag',
    fires: {
      series: { [LAG]: `10001+0${ALWAYS}` },
      alerts: [
        {
          labels: { ...BROKER, group: 'billing', topic: 'orders', partition: '2' },
          description: 'Group billing is 10001 records behind in partition 2 of orders.',
        },
      ],
    },
    isQuiet: [{ [LAG]: `10000+0${ALWAYS}` }],
  },
  {
    alert: 'BytesInNearCapacity',
    fires: {
      series: { [`bytes_in_per_sec{${AT}}`]: `81+0${ALWAYS}`, [`bytes_in_capacity{${AT}}`]: `100+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'Producers write 81% of the capacity that was set for broker-1:9404.' }],
    },
    isQuiet: [
      { [`bytes_in_per_sec{${AT}}`]: `80+0${ALWAYS}`, [`bytes_in_capacity{${AT}}`]: `100+0${ALWAYS}` },
      // No capacity was set.
      { [`bytes_in_per_sec{${AT}}`]: `81+0${ALWAYS}` },
      { [`bytes_in_per_sec{${AT}}`]: `81+0${ALWAYS}`, [`bytes_in_capacity{${AT}}`]: `0+0${ALWAYS}` },
    ],
  },
  {
    alert: 'TooManyConnections',
    fires: {
      series: { [`active_connections{${AT}}`]: `1001+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'broker-1:9404 serves 1001 connections.' }],
    },
    isQuiet: [{ [`active_connections{${AT}}`]: `1000+0${ALWAYS}`, [`active_connections{${AT_2}}`]: `1000+0${ALWAYS}` }],
  },
  {
    alert: 'IsrShrinks',
    fires: {
      series: { [`isr_shrinks{${AT}}`]: `2+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'In the last minute 2 times a replica left the in-sync replicas of a partition that broker-1:9404 leads.' }],
    },
    isQuiet: [{ [`isr_shrinks{${AT}}`]: `0+0${ALWAYS}` }],
  },
  {
    alert: 'SlowFetches',
    fires: {
      series: { [`fetch_latency_avg{client_id="reader",${AT}}`]: `1000.6+0${ALWAYS}` },
      alerts: [{ labels: { ...BROKER, client_id: 'reader' }, description: 'Fetches of client reader take 1001 ms at broker-1:9404, on average.' }],
    },
    isQuiet: [{ [`fetch_latency_avg{client_id="reader",${AT}}`]: `1000+0${ALWAYS}` }],
  },
  {
    alert: 'FrequentRebalances',
    fires: {
      series: { [`rebalance_rate{group="billing",${AT}}`]: `6+0${ALWAYS}` },
      alerts: [
        { labels: { ...BROKER, group: 'billing' }, description: 'Group billing rebalanced 6 times within an hour: its consumers stood still meanwhile.' },
      ],
    },
    isQuiet: [{ [`rebalance_rate{group="billing",${AT}}`]: `5+0${ALWAYS}` }],
  },
  {
    alert: 'BrokerDown',
    fires: { series: { [`up{${AT}}`]: `0+0${ALWAYS}` }, alerts: [{ labels: BROKER, description: 'The metrics of broker-1:9404 cannot be read.' }] },
    isQuiet: [{ [`up{${AT}}`]: `1+0${ALWAYS}` }, { 'up{instance="elsewhere:9100",job="node"}': `0+0${ALWAYS}` }],
  },
  {
    alert: 'BrokerRestarts',
    fires: {
      series: { [`process_start_time_seconds{${AT}}`]: `100 200 300 400+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'broker-1:9404 started 3 times within half an hour.' }],
    },
    isQuiet: [{ [`process_start_time_seconds{${AT}}`]: `100 200 300+0${ALWAYS}` }],
  },
  {
    alert: 'NoActiveController',
    fires: {
      series: {
        [`active_controller{${AT}}`]: `0+0${ALWAYS}`,
        [`active_controller{${AT_2}}`]: `0+0${ALWAYS}`,
      },
      alerts: [{ labels: {}, description: '0 nodes say that they are the active controller: topics, elections and brokers cannot change unless it is one.' }],
    },
    isQuiet: [
      {
        [`active_controller{${AT}}`]: `1+0${ALWAYS}`,
        [`active_controller{${AT_2}}`]: `0+0${ALWAYS}`,
      },
    ],
  },
  {
    alert: 'UnderMinIsrPartitions',
    fires: {
      series: { [`under_min_isr_partitions{${AT}}`]: `2+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'Of the partitions that broker-1:9404 leads, 2 have fewer replicas in sync than min.insync.replicas asks for.' }],
    },
    isQuiet: [{ [`under_min_isr_partitions{${AT}}`]: `0+0${ALWAYS}` }],
  },
  {
    alert: 'OfflineLogDirectory',
    fires: {
      series: { [`offline_log_directories{${AT}}`]: `1+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: '1 log directories of broker-1:9404 are offline, and the replicas in them with them.' }],
    },
    isQuiet: [{ [`offline_log_directories{${AT}}`]: `0+0${ALWAYS}` }],
  },
  {
    alert: 'DiskNearlyFull',
    fires: {
      series: {
        [`log_directory_free_bytes{directory="/data",${AT}}`]: `9+0${ALWAYS}`,
        [`log_directory_volume_bytes{directory="/data",${AT}}`]: `100+0${ALWAYS}`,
      },
      alerts: [{ labels: { ...BROKER, directory: '/data' }, description: 'Of the volume of /data at broker-1:9404, 9% are free.' }],
    },
    isQuiet: [
      { [`log_directory_free_bytes{directory="/data",${AT}}`]: `10+0${ALWAYS}`, [`log_directory_volume_bytes{directory="/data",${AT}}`]: `100+0${ALWAYS}` },
    ],
  },
  {
    alert: 'UncleanLeaderElections',
    fires: {
      series: { [`unclean_leader_elections_total{${AT}}`]: `0+0x56 1+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'broker-1:9404 became leader of 1 partitions within ten minutes without having been in sync.' }],
    },
    isQuiet: [{ [`unclean_leader_elections_total{${AT}}`]: `4+0${ALWAYS}` }],
  },
  {
    alert: 'EventLoopBlocked',
    fires: {
      series: { [`nodejs_eventloop_lag_p99_seconds{${AT}}`]: `0.75+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'One turn in a hundred of broker-1:9404 comes 750ms late: it has too much to do, or too little memory.' }],
    },
    isQuiet: [{ [`nodejs_eventloop_lag_p99_seconds{${AT}}`]: `0.5+0${ALWAYS}` }, { 'nodejs_eventloop_lag_p99_seconds{job="shop"}': `9+0${ALWAYS}` }],
  },
  {
    alert: 'FileDescriptorsRunOut',
    fires: {
      series: { [`process_open_fds{${AT}}`]: `81+0${ALWAYS}`, [`process_max_fds{${AT}}`]: `100+0${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'broker-1:9404 uses 81% of the files and connections that it may have open.' }],
    },
    isQuiet: [{ [`process_open_fds{${AT}}`]: `80+0${ALWAYS}`, [`process_max_fds{${AT}}`]: `100+0${ALWAYS}` }],
  },
  {
    alert: 'ConnectionsRefused',
    fires: {
      series: { [`listener_connections_refused_total{listener="PLAINTEXT",reason="open-files",${AT}}`]: `0+0x58 1+0${ALWAYS}` },
      alerts: [
        {
          labels: { ...BROKER, listener: 'PLAINTEXT', reason: 'open-files' },
          description: 'Within five minutes broker-1:9404 turned 1 connections to PLAINTEXT away, by open-files.',
        },
      ],
    },
    // Long ago.
    isQuiet: [{ [`listener_connections_refused_total{listener="PLAINTEXT",reason="open-files",${AT}}`]: `0+0x30 7+0${ALWAYS}` }],
  },
  {
    alert: 'MetricsLeftOut',
    fires: {
      series: { [`metric_tables_left_out_total{${AT}}`]: `0+2${ALWAYS}` },
      alerts: [{ labels: BROKER, description: 'broker-1:9404 left 40 tables out of its readings within five minutes: its log says which.' }],
    },
    // A disk that was slow once.
    isQuiet: [{ [`metric_tables_left_out_total{${AT}}`]: `0+0x45 2+0${ALWAYS}` }],
  },
]

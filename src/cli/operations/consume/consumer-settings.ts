/** How records are read, by Kafka's names of the settings and with its defaults. Times in milliseconds. */
export interface ConsumerSettings {
  /** What is done where there is no offset to begin with. */
  readonly offsetReset: 'earliest' | 'latest' | 'none'
  readonly readsCommittedOnly: boolean
  readonly fetchMaxWaitMs: number
  readonly fetchMinBytes: number
  readonly fetchMaxBytes: number
  readonly partitionMaxBytes: number
  readonly checksCrcs: boolean
  /** How often topics and partitions are looked for. */
  readonly metadataMaxAgeMs: number
  readonly group: GroupSettings | null
}

export interface GroupSettings {
  readonly groupId: string
  readonly instanceId: string | null
  readonly sessionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  /** How long a member may take to join again. */
  readonly maxPollIntervalMs: number
  readonly commits: boolean
  readonly commitIntervalMs: number
}

export const defaultConsumerSettings: ConsumerSettings = {
  offsetReset: 'latest',
  readsCommittedOnly: false,
  fetchMaxWaitMs: 500,
  fetchMinBytes: 1,
  fetchMaxBytes: 52_428_800,
  partitionMaxBytes: 1_048_576,
  checksCrcs: true,
  metadataMaxAgeMs: 300_000,
  group: null,
}

export const defaultGroupSettings: Omit<GroupSettings, 'groupId'> = {
  instanceId: null,
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 3_000,
  maxPollIntervalMs: 300_000,
  commits: true,
  commitIntervalMs: 5_000,
}

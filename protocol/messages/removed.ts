import { message } from '../schema/notation.ts'

/** Messages of the ZooKeeper era whose API keys stay taken: Apache Kafka 4 specifies them without any version. */
export const LeaderAndIsrRequest = message({ name: 'LeaderAndIsrRequest', kind: 'request', key: 4, versions: 'none', flexible: 'none', fields: {} })

export const LeaderAndIsrResponse = message({ name: 'LeaderAndIsrResponse', kind: 'response', key: 4, versions: 'none', flexible: 'none', fields: {} })

export const StopReplicaRequest = message({ name: 'StopReplicaRequest', kind: 'request', key: 5, versions: 'none', flexible: 'none', fields: {} })

export const StopReplicaResponse = message({ name: 'StopReplicaResponse', kind: 'response', key: 5, versions: 'none', flexible: 'none', fields: {} })

export const UpdateMetadataRequest = message({ name: 'UpdateMetadataRequest', kind: 'request', key: 6, versions: 'none', flexible: 'none', fields: {} })

export const UpdateMetadataResponse = message({ name: 'UpdateMetadataResponse', kind: 'response', key: 6, versions: 'none', flexible: 'none', fields: {} })

export const ControlledShutdownRequest = message({ name: 'ControlledShutdownRequest', kind: 'request', key: 7, versions: 'none', flexible: 'none', fields: {} })

export const ControlledShutdownResponse = message({
  name: 'ControlledShutdownResponse',
  kind: 'response',
  key: 7,
  versions: 'none',
  flexible: 'none',
  fields: {},
})

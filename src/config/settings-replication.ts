import type { NodeConfig } from './node-config.ts'

/**
 * Replicas of a topic for which a setting and no request says how many.
 * @param wanted      what the setting says
 * @param brokerCount brokers that the cluster has, also those that are down
 */
export function replicationOfSetting(config: NodeConfig, wanted: number, brokerCount: number): number {
  return config.get('odradek.replication.factor.capped') ? Math.max(1, Math.min(wanted, brokerCount)) : wanted
}

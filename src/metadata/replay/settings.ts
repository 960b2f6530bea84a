import type { ClientQuotaRecord } from '../../../protocol/metadata/client-quota-record.ts'
import type { ConfigRecord } from '../../../protocol/metadata/config-record.ts'
import type { FeatureLevelRecord } from '../../../protocol/metadata/feature-level-record.ts'
import { METADATA_VERSION } from '../features.ts'
import { type ClientQuotaImage, type ConfigImage, configKey, type FeaturesImage, quotaEntityKey } from '../image.ts'
import type { PersistentMap } from '../persistent-map.ts'
import { replayError } from '../replay-error.ts'

type Configs = PersistentMap<string, ConfigImage>
type Quotas = PersistentMap<string, ClientQuotaImage>

/** A null value removes the setting; a resource with none left is gone. */
export function replayConfig(configs: Configs, record: ConfigRecord): Configs {
  const key = configKey(record.resourceType, record.resourceName)
  const values = new Map(configs.get(key)?.values)
  if (record.value === null) values.delete(record.name)
  else values.set(record.name, record.value)
  if (values.size === 0) return configs.without(key)
  return configs.with(key, { type: record.resourceType, name: record.resourceName, values })
}

export function replayClientQuota(quotas: Quotas, record: ClientQuotaRecord): Quotas {
  const entity = record.entity.map((part) => ({ type: part.entityType, name: part.entityName }))
  const key = quotaEntityKey(entity)
  const values = new Map(quotas.get(key)?.quotas)
  if (record.remove) values.delete(record.key)
  else values.set(record.key, record.value)
  if (values.size === 0) return quotas.without(key)
  return quotas.with(key, { entity, quotas: values })
}

export function replayFeatureLevel(features: FeaturesImage, record: FeatureLevelRecord): FeaturesImage {
  if (record.name === METADATA_VERSION) return { ...features, metadataVersion: record.featureLevel }
  if (record.featureLevel < 0) throw replayError(`level ${record.featureLevel} of feature ${record.name}`)
  const levels = new Map(features.levels)
  if (record.featureLevel === 0) levels.delete(record.name)
  else levels.set(record.name, record.featureLevel)
  return { ...features, levels }
}

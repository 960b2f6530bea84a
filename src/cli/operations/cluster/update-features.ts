import { UpdateFeaturesApi } from '../../../../protocol/messages/update-features.ts'
import { check } from '../kafka-error.ts'
import type { ClusterClient } from './cluster-client.ts'

/** By their codes. Source: KIP-778. */
const UPGRADE_TYPES = { upgrade: 1, 'safe-downgrade': 2, 'unsafe-downgrade': 3 } as const
export type UpgradeType = keyof typeof UPGRADE_TYPES

export interface FeatureLevel {
  readonly name: string
  /** 0 takes the feature away. */
  readonly level: number
}

export interface FeatureUpdate {
  readonly type: UpgradeType
  readonly levels: readonly FeatureLevel[]
}

/** Changes levels of features, all or none. Errors: as the controller answers, with its message. Source: KIP-584. */
export async function updateFeatures(client: ClusterClient, { type, levels }: FeatureUpdate, { validateOnly = false } = {}): Promise<void> {
  await client.retry('updateFeatures', async () => {
    const featureUpdates = levels.map(({ name, level }) => ({ feature: name, maxVersionLevel: level, upgradeType: UPGRADE_TYPES[type] }))
    const answer = await client.askController(UpdateFeaturesApi, { timeoutMs: client.settings.requestTimeoutMs, featureUpdates, validateOnly })
    check(answer.errorCode, answer.errorMessage)
    for (const { errorCode, errorMessage } of answer.results) check(errorCode, errorMessage)
  })
}

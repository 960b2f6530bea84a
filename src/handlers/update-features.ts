import { UpdateFeaturesApi } from '../../protocol/messages/update-features.ts'
import type { UpgradeType } from '../controller/cluster-controller.ts'
import { isFailure } from '../controller/controller-error.ts'
import { answerOf } from '../controller/rejection.ts'
import { defineHandler } from './define-handler.ts'

/** By their code. Source: KIP-778. */
const upgradeTypes: readonly UpgradeType[] = ['unknown', 'upgrade', 'safe-downgrade', 'unsafe-downgrade']

/** From then on the answer holds for all features together. */
const FIRST_VERSION_WITHOUT_RESULTS = 2

/** Kafka tells the name of the code where it tells no message. */
const SUCCESS = 'NONE'

/**
 * UpdateFeatures (key 57), versions 0-2. Changes the finalized levels of features, all or none.
 * Deviates: of several features that are refused the first of the request is named; Kafka names one by its hashes.
 * Source: KIP-584, KIP-778 (downgrades), KIP-1022.
 */
export const updateFeaturesHandler = defineHandler({
  api: UpdateFeaturesApi,
  listeners: ['broker', 'controller'],
  async handle({ apiVersion, principal, services: { clusterController } }, { featureUpdates, validateOnly }) {
    const updates = featureUpdates.map(({ feature, maxVersionLevel, upgradeType }) => ({
      feature,
      level: maxVersionLevel,
      upgradeType: upgradeTypes[upgradeType] ?? 'unknown',
    }))
    const answer = await answerOf(clusterController.updateFeatures({ principal }, { updates, validateOnly }))
    if (answer.kind === 'refused') return { throttleTimeMs: 0, ...answer.error, results: [] }
    const { errorCode, errorMessage: why } = answer.value
    if (isFailure(answer.value)) {
      const message = `The update failed for all features since the following feature had an error: ${why}`
      return { throttleTimeMs: 0, errorCode, errorMessage: message, results: [] }
    }
    const results = featureUpdates.map(({ feature }) => ({ feature, errorCode, errorMessage: SUCCESS }))
    return { throttleTimeMs: 0, errorCode, errorMessage: null, ...(apiVersion < FIRST_VERSION_WITHOUT_RESULTS ? { results } : {}) }
  },
})

import type { MetadataDelta, TopicDelta } from './delta.ts'
import { EMPTY_IMAGE, type MetadataImage, type TopicImage } from './image.ts'

/** The delta from nothing to `image`: what a publisher gets first. */
export function wholeDelta(image: MetadataImage): MetadataDelta {
  return {
    before: EMPTY_IMAGE,
    topics: { changed: new Map([...image.topics.byId].map(([id, topic]) => [id, newTopic(topic)])), deleted: new Map() },
    brokers: new Set(image.cluster.brokers.keys()),
    controllers: new Set(image.cluster.controllers.keys()),
    configs: new Map([...image.configs].map(([key, { type, name }]) => [key, { type, name }])),
    features: new Set(image.features.levels.keys()),
    clientQuotas: new Set(image.clientQuotas.keys()),
    acls: new Set(image.acls.keys()),
    scram: new Set(image.scram.keys()),
    delegationTokens: new Set(image.delegationTokens.keys()),
    producerIds: true,
  }
}

function newTopic(topic: TopicImage): TopicDelta {
  return { before: null, after: topic, partitions: topic.partitions.map((_, index) => index) }
}

import type { AdvertisedApi } from './api-table.ts'
import type { ListenerKind } from './request-context.ts'

/** The levels of one feature that this node understands, both ends inclusive. */
export interface SupportedFeature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
}

/** What the answer to ApiVersions is made of. */
export interface ApiVersionsSource {
  /** In the order of the keys. */
  advertised(kind: ListenerKind): readonly AdvertisedApi[]
  readonly supportedFeatures: readonly SupportedFeature[]
  /** The levels in force in the cluster, and the offset in the metadata log up to which they are known. */
  finalizedFeatures(): { readonly epoch: number; readonly levels: ReadonlyMap<string, number> }
}

import type { MetadataImage } from './image.ts'

/** What handlers see of the cluster's state. */
export interface MetadataService {
  /** The newest image that all publishers of this node have applied: a partition that it shows is served. */
  image(): MetadataImage
}

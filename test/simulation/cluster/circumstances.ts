/** What actors know of the cluster's troubles, to tell an answer that must not be from one that may. */
export interface Circumstances {
  /** Things go wrong now and then. */
  isStormy(): boolean
  /** Nothing goes wrong now, nor did for a while: every node serves and knows what there is to know. */
  isCalm(): boolean
  /** In which a controller leads: another number says that another leadership began. null from the time on when it stops or is gone. */
  controllerEpoch(): number | null
  /** Since which record of the metadata this broker is counted on; null while the controllers say that it is not. */
  countedSince(brokerId: number): number | null
}

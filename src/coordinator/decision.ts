/** What a decision gives: records to write, and what the caller is told once they are committed. */
export interface Decision<Reply, Rec> {
  readonly reply: Reply
  readonly records: readonly Rec[]
  /** All records stand in one batch (default), or may be spread over several of which a part may fail. */
  readonly atomic?: boolean
  /** Called once, before the reply leaves: 0 when the records are committed, else why they are not, as Produce would say it. */
  readonly onSettled?: (errorCode: number) => void
}

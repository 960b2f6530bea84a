/** How the state machine's records stand in the log. `decode` throws `DecodeError` for bytes that are none. */
export interface RecordSerde<T> {
  encode(record: T): Buffer
  decode(value: Buffer): T
}

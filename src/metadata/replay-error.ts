import { OdradekError } from '../base/errors.ts'

/**
 * A committed record that does not fit the state before it. Records are validated before they are written, so the log
 * or this program is wrong: who replays stops, naming offset and record.
 */
export function replayError(message: string, fields: Readonly<Record<string, unknown>> = {}): OdradekError {
  return new OdradekError('METADATA_REPLAY', message, { fields })
}

import type { Ports } from '../../src/base/ports.ts'

/** What one test of a contract gets: fresh ports and an empty directory. */
export interface Setting extends AsyncDisposable {
  readonly ports: Ports
  /** Exists and is empty. */
  readonly directory: string
  /** Where the test can listen and connect to. */
  readonly host: string
}

export type OpenSetting = () => Promise<Setting>

/** The bytes of `text`. */
export const bytes = (text: string) => Buffer.from(text, 'latin1')

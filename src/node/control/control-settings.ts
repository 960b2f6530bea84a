import { OdradekError } from '../../base/errors.ts'
import type { NodeConfig } from '../../config/node-config.ts'

/** Errors: CONFIG_INVALID for a clock that nobody could move. */
export function checkControlSettings(config: NodeConfig): void {
  const isManual = config.get('odradek.control.clock') === 'manual'
  if (isManual && config.get('odradek.control.port') < 0) {
    throw new OdradekError(
      'CONFIG_INVALID',
      'odradek.control.clock=manual stops the time of this node, and without odradek.control.port nobody could let it pass: set that too.',
    )
  }
}

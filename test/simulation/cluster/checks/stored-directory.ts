import type { Uuid } from '../../../../protocol/uuid.ts'
import { decodeMetaProperties, META_PROPERTIES_FILE } from '../../../../src/raft/format/meta-properties.ts'
import type { SimulatedNode } from '../../../support/world/simulated-node.ts'

/** The id of a data directory as it stands in its files; null where it is not formatted. */
export function storedDirectoryId(machine: SimulatedNode, directory: string): Uuid | null {
  const file = machine.volume.find(`${directory}/${META_PROPERTIES_FILE}`)
  return file?.kind === 'file' ? decodeMetaProperties(file.content.bytes()).directoryId : null
}

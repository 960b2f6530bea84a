import { int, type Settings } from '../setting.ts'
import { atLeast } from '../validators.ts'

/** Odradek's own settings, which Apache Kafka does not know. They are kept few: what Kafka has a name for goes by that name. */
export const odradekSettings = {
  'odradek.open.files.max': int({
    default: 1000,
    validator: atLeast(16),
    does: 'Files of partitions that are open at a time; further ones are closed and opened again when needed.',
  }),
  'odradek.decompression.max.bytes': int({
    default: 134_217_728,
    validator: atLeast(1_048_576),
    does: 'The size up to which one batch may inflate where its codec cannot be read piece by piece (snappy, lz4); a larger one is refused.',
  }),
} satisfies Settings

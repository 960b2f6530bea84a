import { readFileSync } from 'node:fs'
import { OdradekError } from '../../../base/errors.ts'
import { type LoadedConfig, loadConfig } from '../../../config/load-config.ts'

/** The configuration that a properties file gives, alone, with Kafka's defaults. Errors: CONFIG_FILE; those of `loadConfig`. */
export function readConfig(path: string): LoadedConfig {
  return loadConfig({ profile: 'kafka', files: [{ path, text: contentOf(path) }], environment: {} })
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new OdradekError('CONFIG_FILE', isMissing ? `java.nio.file.NoSuchFileException: ${path}` : `${path}: ${(cause as Error).message}`, { cause })
  }
}

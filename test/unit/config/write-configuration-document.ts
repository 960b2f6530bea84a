/** `npm run docs`: writes docs/configuration.md from the table of settings. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderSettingsDocument } from '../../../src/config/settings-document.ts'

writeFileSync(join(import.meta.dirname, '../../../docs/configuration.md'), renderSettingsDocument())

/** `npm run docs`: writes docs/protocol.md from the registry of handlers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderProtocolDocument } from '../../support/protocol-document.ts'

writeFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), renderProtocolDocument())

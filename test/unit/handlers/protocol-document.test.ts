import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { handlers } from '../../../src/handlers/registry.ts'
import { renderProtocolDocument } from '../../support/protocol-document.ts'

test('docs/protocol.md is what the registry says (npm run docs writes it)', () => {
  const written = readFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), 'utf8')
  expect(written).toBe(renderProtocolDocument())
  for (const { api } of handlers) expect(written).toContain(`| ${api.key} | ${api.name} |`)
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { renderSettingsDocument } from '../../../src/config/settings-document.ts'

const repository = join(import.meta.dirname, '../../..')

test('docs/configuration.md is what the table of settings says (npm run docs writes it)', () => {
  expect(readFileSync(join(repository, 'docs/configuration.md'), 'utf8')).toBe(renderSettingsDocument())
})

test('config/broker.yaml loads as it ships, and with every line taken in changes nothing in the dev profile', () => {
  const text = readFileSync(join(repository, 'config/broker.yaml'), 'utf8')
  const uncommented = text.replaceAll(/^# ([a-z_]+: )/gm, '$1')
  const values = (content: string) => {
    const { config } = loadConfig({ files: [{ path: 'config/broker.yaml', text: content }] })
    return config.names().map((name) => [name, config.inForce(name).text])
  }
  expect(values(text)).toEqual(values(''))
  const differing = values(uncommented).filter(([name, value]) => !values('').some(([other, before]) => other === name && before === value))
  expect(differing).toEqual([['advertised.listeners', 'PLAINTEXT://localhost:9092']])
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mountedConfig } from '../../../src/cli/config-directory.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'odradek-config-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('a directory for settings', () => {
  test('gives its server.properties', () => {
    for (const name of ['server.properties', 'log4j2.yaml']) writeFileSync(join(directory, name), '')
    expect(mountedConfig(directory)).toBe(join(directory, 'server.properties'))
  })

  test('gives nothing where it is empty, holds other things or is not there', () => {
    expect(mountedConfig(directory)).toBeNull()
    writeFileSync(join(directory, 'tools-log4j.properties'), '')
    mkdirSync(join(directory, 'secrets'))
    expect(mountedConfig(directory)).toBeNull()
    expect(mountedConfig(join(directory, 'nowhere'))).toBeNull()
    expect(mountedConfig('')).toBeNull()
  })

  test.each(['kraft.properties', 'broker.yaml'])('does not let settings be overlooked in %s', (name) => {
    writeFileSync(join(directory, name), '')
    expect(() => mountedConfig(directory)).toThrow(
      `There is ${name} in ${directory} and no server.properties: name it so, or say which file it is with --config`,
    )
  })
})

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { toDiskError } from '../../../../src/platform/disk/disk-errors.ts'
import { nodePorts } from '../../../../src/platform/node-ports.ts'

const failure = (code: string) => Object.assign(new Error(`${code}: it failed`), { code })

it.each([
  ['ENOSPC', 'no-space'],
  ['EDQUOT', 'no-space'],
  ['EACCES', 'permission'],
  ['EROFS', 'read-only'],
  ['EMFILE', 'too-many-files'],
  ['EIO', 'io'],
  ['EWHATEVER', 'io'],
] as const)('%s is told as %s, with what was attempted, on what, and the code', (code, reason) => {
  const error = toDiskError('Opening', '/data/x', failure(code))
  expect(error).toMatchObject({ reason, path: '/data/x', code: `DISK_${reason.toUpperCase().replaceAll('-', '_')}`, cause: { code } })
  expect(error.message).toMatch(new RegExp(`^Opening /data/x failed: .+ \\(${code}\\)$`))
})

it.runIf(process.platform === 'linux')('a full device refuses the write and says so', () => {
  const file = nodePorts().disk.openSync('/dev/full', 'write')
  for (const chunks of [[Buffer.from('x')], [Buffer.from('x'), Buffer.from('y')]]) {
    expect(() => file.writeAt(chunks, 0)).toThrow(
      expect.objectContaining({ reason: 'no-space', message: expect.stringMatching(/^Writing \d bytes at 0 to \/dev\/full failed: the volume is full/) }),
    )
  }
  file.close()
})

it('lists links as what they lead to', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'odradek-disk-'))
  try {
    writeFileSync(join(directory, 'file'), '')
    symlinkSync(directory, join(directory, 'to-directory'))
    symlinkSync('file', join(directory, 'to-file'))
    symlinkSync('nowhere', join(directory, 'to-nothing'))
    expect(await nodePorts().disk.list(directory)).toEqual([
      { name: 'file', kind: 'file' },
      { name: 'to-directory', kind: 'directory' },
      { name: 'to-file', kind: 'file' },
      { name: 'to-nothing', kind: 'other' },
    ])
  } finally {
    rmSync(directory, { recursive: true })
  }
})

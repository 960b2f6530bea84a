import { expect, it } from 'vitest'
import { locksOnInode } from '../../../../src/platform/disk/kafka-lock.ts'

const TABLE = `1: POSIX  ADVISORY  WRITE 4711 08:01:131 0 EOF
2: FLOCK  ADVISORY  WRITE 4712 08:01:131 0 EOF
3: POSIX  ADVISORY  READ  4713 fd:1a:131 0 EOF
3: -> POSIX  ADVISORY  WRITE 4714 08:01:131 0 EOF
4: POSIX  ADVISORY  WRITE 4715 08:01:1310 0 EOF
`

it('finds who holds a POSIX lock on an inode, and neither other locks nor those who wait', () => {
  expect(locksOnInode(TABLE, 131n)).toEqual([
    { pid: 4711, device: '08:01' },
    { pid: 4713, device: 'fd:1a' },
  ])
  expect(locksOnInode('', 131n)).toEqual([])
})

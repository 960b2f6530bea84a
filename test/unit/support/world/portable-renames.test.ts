import { expect, it } from 'vitest'
import { World } from '../../../support/world/world.ts'

async function diskWithFiles() {
  const world = new World({ seed: 1 })
  const { disk } = world.node('a').ports
  const file = await world.complete(disk.makeDirectory('/d').then(() => disk.open('/d/f', 'create')))
  await world.complete(disk.writeFileAtomic('/g', Buffer.from('g')))
  return { world, disk, file }
}

it('a directory is renamed only when all files below it are closed', async () => {
  const { world, disk, file } = await diskWithFiles()
  expect(() => disk.renameSync('/d', '/e')).toThrow('/d is renamed while a file below it is open')
  await expect(world.complete(disk.rename('/d', '/e'))).rejects.toThrow('/d is renamed while a file below it is open')
  file.close()
  await world.complete(disk.rename('/d', '/e'))
  expect(await world.complete(disk.info('/e/f'))).not.toBeNull()
})

it('nothing is renamed over an open file, though an open file itself may be', async () => {
  const { world, disk, file } = await diskWithFiles()
  expect(() => disk.renameSync('/g', '/d/f')).toThrow('/g is renamed over /d/f, which is open')
  await world.complete(disk.rename('/d/f', '/d/h'))
  file.close()
  disk.renameSync('/g', '/d/h')
  expect(String(await world.complete(disk.readFile('/d/h')))).toBe('g')
})

it('a file that was opened twice is open until it was closed twice', async () => {
  const { world, disk, file } = await diskWithFiles()
  const again = await world.complete(disk.open('/d/f', 'read'))
  file.close()
  file.close()
  expect(() => disk.renameSync('/d', '/e')).toThrow('is open')
  again.close()
  disk.renameSync('/d', '/e')
})

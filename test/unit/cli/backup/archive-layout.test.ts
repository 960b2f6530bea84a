import { describe, expect, test } from 'vitest'
import { archivePath, isPartitionDirectory, parseArchivePath } from '../../../../src/cli/backup/archive-layout.ts'

describe('the paths in an archive', () => {
  test.each([
    { directory: 0, partition: null, file: 'meta.properties' },
    { directory: 12, partition: 'orders-0', file: '00000000000000000042.log' },
    { directory: 0, partition: '__cluster_metadata-0', file: '00000000000000000042-0000000003.checkpoint' },
    { directory: 0, partition: '__cluster_metadata-0', file: 'quorum-state' },
  ])('are read as they are written: %j', (place) => {
    expect(parseArchivePath(archivePath(place.directory, place.file, place.partition))).toEqual(place)
  })

  test.each([
    '../etc/passwd',
    '/etc/passwd',
    'data-0/../../etc/passwd',
    'data-0/..',
    'data-0/orders-0/..',
    'data-0/..-0/00000000000000000000.log',
    'data-0/orders-0/../meta.properties',
    'data-0/orders-0/x/00000000000000000000.log',
    'data-0\\orders-0\\00000000000000000000.log',
    'data-0/orders-0/00000000000000000000.exe',
    'data-0/orders/00000000000000000000.log',
    'data-0/.kafka_cleanshutdown',
    'data-0/meta.properties/',
    'data--1/meta.properties',
    'data-00/meta.properties',
    'meta.properties',
    '',
  ])('are no others: %s', (path) => {
    expect(parseArchivePath(path)).toBeNull()
  })

  test('are those of partitions that are served', () => {
    expect(['orders-0', 'a.b_c-12', '__consumer_offsets-49'].every(isPartitionDirectory)).toBe(true)
    const hex = '0123456789abcdef'.repeat(2)
    expect([`orders-0.${hex}-delete`, `orders-0.${hex}-future`, `orders-0.${hex}-stray`, 'lost+found', 'orders-00', '.-0'].some(isPartitionDirectory)).toBe(
      false,
    )
  })
})

import { describe, expect, it } from 'vitest'
import { findingsOf } from '../support/handbook/check-block.ts'
import { readHandbook } from '../support/handbook/handbook.ts'

describe('the blocks of the handbook', () => {
  it.each(readHandbook())('$path: each says what becomes of it, and what can be checked is right', ({ path, blocks }) => {
    const count = (kind: 'run' | 'checked' | 'manual') => blocks.filter(({ mark }) => mark.kind === kind).length
    console.info(`${path}: ${count('run')} run, ${count('checked')} checked, ${count('manual')} manual`)
    expect(blocks.flatMap((block) => findingsOf(block).map((finding) => `${path}:${block.line}: ${finding}`))).toEqual([])
    expect(count('run'), `${path} has blocks that run`).toBeGreaterThan(0)
  })
})

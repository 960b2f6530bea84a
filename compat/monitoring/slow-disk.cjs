// Loaded into a node before its program: from SIGUSR2 on each read of a log takes as long as on a disk that is nearly gone.
'use strict'

const fs = require('node:fs')

const READ_MS = 1500
const { readSync } = fs
const never = new Int32Array(new SharedArrayBuffer(4))
let isSlow = false

process.on('SIGUSR2', () => {
  isSlow = true
})

fs.readSync = (...args) => {
  if (isSlow) Atomics.wait(never, 0, 0, READ_MS)
  return readSync(...args)
}

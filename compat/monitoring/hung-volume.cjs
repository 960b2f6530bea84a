// Loaded into a node before its program: from SIGUSR2 on a volume that is asked how much of it is free does not answer, as one over a network that is gone.
'use strict'

const promises = require('node:fs/promises')

const { statfs } = promises
let hangs = false

process.on('SIGUSR2', () => {
  hangs = true
})

promises.statfs = (...args) => (hangs ? new Promise(() => {}) : statfs(...args))

import { defineConfig, type Plugin } from 'rolldown'

const esEntry: Plugin = {
  name: 'es-entry',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'index.mjs', source: "export * from './index.cjs'\n" })
  },
}

/**
 * The JavaScript of the build: a few files instead of some five hundred (docs/decisions/bundle.md). CommonJS, which Node
 * starts sooner and keeps less of in memory.
 *
 * `main.cjs` is what `bin/odradek` runs, `index.cjs` what `require('odradek')` gives. They share the rest. `import` gives
 * the same by `index.mjs`, so that a process has one of each class whichever way it was loaded.
 */
export default defineConfig({
  input: { main: 'src/cli/main.ts', index: 'src/index.ts' },
  plugins: [esEntry],
  platform: 'node',
  // Packages stay packages: native ones find their binaries by their own place, and licences stay with what they cover.
  // The helpers that lowered syntax calls come into the bundle.
  external: [/^node:/, /^(?!@oxc-project\/)[@a-z]/],
  // What Node 22 runs: it has no `using`.
  transform: { target: 'es2023' },
  output: {
    dir: 'dist/program',
    format: 'cjs',
    cleanDir: true,
    entryFileNames: '[name].cjs',
    // Without a hash: the compile cache, keyed by path, does not grow from build to build.
    chunkFileNames: '[name].cjs',
    // What several commands share would be some hundred files of a few lines, each to be found and opened. These are what nearly every
    // command loads, what asks a broker, the messages that more than one command knows, and what reads and writes logs. A part may need
    // only those above it, or what is loaded first would find what it extends undefined.
    codeSplitting: {
      groups: [
        { name: 'base', test: /\/src\/(base|config\/values)\/|oxc-project/, priority: 5 },
        {
          name: 'client',
          test: /\/src\/client\/|\/protocol\/(internal-topics|messages\/(metadata|describe-cluster|find-coordinator))\./,
          minShareCount: 2,
          priority: 4,
        },
        { name: 'command', test: /\/src\/cli\/(usage-error|parse-arguments|version|stop-signals|endpoint-of)\./, minShareCount: 2, priority: 3 },
        { name: 'messages', test: /\/protocol\/messages\//, minShareCount: 2, priority: 2 },
        { name: 'records', test: /\/protocol\/|\/src\/(storage|metadata)\//, minShareCount: 2, priority: 1 },
      ],
    },
    comments: false,
    // Names stay, so that stacks in logs can be read. Space and comments go, since sources stay in memory, and so do characters wider than a byte, which double them.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
    // Beside the files, and not named in them: the package comes without.
    sourcemap: 'hidden',
  },
})

import { defineConfig, type OutputOptions } from 'rolldown'

const shared = {
  platform: 'node' as const,
  // Packages stay packages: native ones find their binaries by their own place, and licences stay with what they cover.
  // The helpers that lowered syntax calls come into the bundle.
  external: [/^node:/, /^(?!@oxc-project\/)[@a-z]/],
  // What Node 22 runs: it has no `using`.
  transform: { target: 'es2023' },
}

/**
 * The JavaScript of the build: a few files instead of some five hundred (docs/decisions/bundle.md).
 *
 * `dist/program` is what `bin/odradek` runs: CommonJS, which Node starts sooner and keeps less of in memory.
 * `dist/library` is what `import … from 'odradek'` gives.
 */
export default defineConfig([
  { ...shared, input: { main: 'src/cli/main.ts' }, output: output('dist/program', 'cjs') },
  { ...shared, input: { index: 'src/index.ts' }, output: output('dist/library', 'es') },
])

/** Names stay, so that stacks in logs can be read. Space and comments go, since sources stay in memory, and so do characters wider than a byte, which double them. */
function output(dir: string, format: 'cjs' | 'es'): OutputOptions {
  const extension = format === 'cjs' ? 'cjs' : 'js'
  return {
    dir,
    format,
    cleanDir: true,
    entryFileNames: `[name].${extension}`,
    // Without a hash: the compile cache, keyed by path, does not grow from build to build.
    chunkFileNames: `[name].${extension}`,
    comments: false,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
    sourcemap: true,
  }
}

import { main } from '../../src/cli/main.ts'

/** The program from its sources, for tests that need it as a process: they must not depend on whether there is a build. */
await main()

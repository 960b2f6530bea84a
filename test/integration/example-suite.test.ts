/** The examples of test suites are test suites: this runs them. */
import '../../examples/cluster.test.ts'
import '../../examples/orders.test.ts'

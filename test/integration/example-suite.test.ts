/** The example of a test suite is a test suite: this runs it. */
import '../../examples/orders.test.ts'

// The habits of franz-go: kgo for records and groups, kadm for administration, both with their defaults.
package main

import "odradek/compat/clients/harness/check"

func main() {
	check.Main(records, groups, administration, notServed)
}

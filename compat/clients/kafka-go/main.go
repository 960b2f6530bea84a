// The habits of segmentio's kafka-go: Writer and Reader with their defaults, Client for administration.
package main

import "odradek/compat/clients/harness/check"

func main() {
	check.Main(records, groups, administration)
}

// The habits of sarama, at the protocol version that SARAMA_VERSION names: its users set one, and keep it for years.
package main

import "odradek/compat/clients/harness/check"

func main() {
	check.Main(records, groups, administration, versions)
}

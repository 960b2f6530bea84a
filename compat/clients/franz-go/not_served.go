package main

import (
	"odradek/compat/clients/harness/check"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// What Odradek does not serve yet: the client says so, and goes on as before without it.
var notServed = check.Habits{
	"transactions are refused":            transactions,
	"the newer group protocol is refused": newerGroups,
}

func transactions(bootstrap string) {
	topic := newTopic(bootstrap, "without-transactions", 1, nil)
	opened := client(bootstrap, kgo.TransactionalID("transactions"))
	defer opened.Close()
	check.Is(opened.BeginTransaction(), kerr.UnsupportedVersion)
	produce(bootstrap, texts(topic, "a"))
	check.Equal(values(readAll(bootstrap, topic, 1)), []string{"a"})
}

// A client that is told to use the newer protocol falls back to the classic one where a broker does not have it.
func newerGroups(bootstrap string) {
	topic := newTopic(bootstrap, "newer-groups", 1, nil)
	produce(bootstrap, texts(topic, "a"))
	opened := consumer(bootstrap, "newer", topic, kgo.ServerSideBalancer(), kgo.Balancers(kgo.RangeBalancer()))
	defer opened.Close()
	check.Equal(values(collect(opened, 1)), []string{"a"})
	check.Equal(check.Must(admin(bootstrap).ListGroups(check.Context(20)))["newer"].State, "Stable")
}
